"""The users and groups of an image, by its own /etc/passwd and /etc/group, as runtimes look them up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ocianalyze.analysis.query.select import followed
from ocianalyze.analysis.union.tree import UnionTree
from ocianalyze.contents.contents import Contents
from ocianalyze.errors import UsageError, brief
from ocianalyze.model.entry import EntryKind

PASSWD, GROUP = "etc/passwd", "etc/group"
_NUMBER = re.compile(r"[+-]?\d+", re.ASCII)
_MOST = 1 << 20
"""Bytes of a file that are read: some 20,000 users."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The names that an image knows."""

    users: frozenset[str]
    groups: frozenset[str]

    def unknown(self, spec: str) -> str | None:
        """The part of *spec*, `USER[:GROUP]`, that a runtime does not find: `user 'app'`; None where it finds all.

        A number need not be known.
        """
        user, _, group = spec.partition(":")
        for kind, name, known in (("user", user, self.users), ("group", group, self.groups)):
            if name and name not in known and not _NUMBER.fullmatch(name):
                return f"{kind} {brief(name, 80)!r}"
        return None


def read_accounts(tree: UnionTree, contents: Contents) -> Accounts:
    """The accounts of the merged file system *tree*. A file that is not there names nobody."""
    return Accounts(users=_names(tree, contents, PASSWD), groups=_names(tree, contents, GROUP))


def _names(tree: UnionTree, contents: Contents, path: str) -> frozenset[str]:
    """The first field of each line of the file at *path*."""
    try:
        node = followed(tree, path).node
    except UsageError:
        return frozenset()
    if node.entry is None or node.stored_at is None or node.kind is not EntryKind.FILE:
        return frozenset()
    data = contents.read(node.stored_at.layer, node.entry, length=_MOST)
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return frozenset(line.strip().partition(":")[0] for line in lines)
