"""Paths and patterns that a person names, as nodes of a merged view; and the part of a tree that they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

from ocianalyze.analysis.union.lookup import Found, Listed, find_path, listing, lookup, name_counts
from ocianalyze.analysis.union.tree import FileNode, UnionTree, children_of
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import EntryKind

_MAGIC = re.compile(r"[*?\[]")


def select(tree: UnionTree, path: str) -> list[Found]:
    """What *path* names: one node, or those that match it as a pattern, sorted.

    `*`, `?` and `[...]` match within a name, `**` any number of directories. A path that is there by just that name
    is no pattern. UsageError when nothing is there.
    """
    try:
        return [lookup(tree, path)]
    except UsageError:
        if not _MAGIC.search(path):
            raise
    found = [Found(name, node) for name, node in matching(tree, path)]
    if not found:
        raise UsageError(f"nothing in the image matches {path}")
    return found


def matching(tree: UnionTree, pattern: str) -> Iterator[tuple[str, FileNode]]:
    """(path, node) of all that match the glob *pattern*, sorted. Only what is below its fixed start is looked at.

    Links in that start are followed, as a shell would: where `/bin` is a link, `/bin/*` are the files of `/usr/bin`.
    """
    parts = _parts(pattern)
    fixed = list(takewhile(lambda part: not _MAGIC.search(part), parts))
    if len(fixed) == len(parts):
        found = find_path(tree, "/".join(fixed)) if fixed else None
        if found and found.path:
            yield found
        return
    start = find_path(tree, "/".join(fixed) + "/")
    if start is None or not start.node.children:
        return
    written, real = "".join(f"{part}/" for part in fixed), f"{start.path}/" if start.path else ""
    fullmatch = glob(pattern).fullmatch
    for inner, node in UnionTree(start.node).walk():
        if fullmatch(written + inner):
            yield real + inner, node


def list_matches(tree: UnionTree, path: str, *, recursive: bool) -> list[Listed]:
    """`listing` for a path; for a pattern what matches it, with *recursive* all below that too."""
    try:
        return listing(tree, path, recursive=recursive)
    except UsageError:
        if not _MAGIC.search(path):
            raise
    names = name_counts(tree)
    result: dict[str, Listed] = {}
    for one in select(tree, path):
        nlink = names[one.node.stored_at] if one.node.children is None else 1
        result[one.path] = Listed(one.path, one.node, nlink)
        if recursive and one.node.children:
            prefix = one.path + "/"
            for inner, node in UnionTree(one.node).walk():
                nlink = names[node.stored_at] if node.children is None else 1
                result[prefix + inner] = Listed(prefix + inner, node, nlink)
    return list(result.values())


def glob(pattern: str) -> re.Pattern[str]:
    """*pattern*, an absolute glob with or without its slash, for paths as `Entry.path` spells them.

    What stands between two stars matches where it first can, for good (`(?>...)`): a later place would leave no more
    for the rest. So no pattern is slow, whatever the path.
    """
    segments: list[list[str]] = [[]]
    parts = _parts(pattern)
    for part in parts:
        if part == "**":
            segments.append([])
        else:
            segments[-1].append(_name(part))
    first, *others = ["".join(f"{name}/" for name in segment) for segment in segments]
    if not others:
        return re.compile(first.removesuffix("/"), re.DOTALL)
    *middle, last = others
    between = "".join(f"(?>(?:[^/]+/)*?{one})" for one in middle if one)
    end = "(?:[^/]+/)*" + last.removesuffix("/") if last else ".*"
    return re.compile(first + between + end, re.DOTALL)


def _parts(pattern: str) -> list[str]:
    return [part for part in pattern.split("/") if part not in ("", ".")]


def _name(part: str) -> str:
    """One name's glob as an expression that never matches a slash."""
    pieces = [""]
    position = 0
    while position < len(part):
        character = part[position]
        position += 1
        if character == "*":
            pieces.append("")
        elif character == "?":
            pieces[-1] += "[^/]"
        elif character == "[" and (end := part.find("]", position + 1 + (part[position : position + 1] in "!^"))) > 0:
            pieces[-1] += _one_of(part[position:end])
            position = end + 1
        else:
            pieces[-1] += re.escape(character)
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle if piece) + "[^/]*" + last


def _one_of(inside: str) -> str:
    """The expression for `[...]` with *inside* it."""
    negated = inside[:1] in ("!", "^")
    members = inside[negated:].replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^").replace("]", "\\]")
    for doubled in ("--", "&&", "||", "~~"):
        members = members.replace(doubled, "\\" + doubled[0] + "\\" + doubled[0])
    expression = f"[^/{members}]" if negated else f"(?!/)[{members}]"
    try:
        re.compile(expression)
    except re.error as error:
        raise UsageError(f"[{inside}] is no set of characters: {error}") from error
    return expression


def followed(tree: UnionTree, path: str) -> Found:
    """What *path* leads to when a link at its end is followed too."""
    found = lookup(tree, path)
    return lookup(tree, path.rstrip("/") + "/") if found.node.kind is EntryKind.SYMLINK else found


def pruned(tree: UnionTree, found: Iterable[Found]) -> UnionTree:
    """The part of *tree* that is *found*, all below them, and the directories that lead there."""
    root = FileNode(tree.root.entry, tree.root.stored_at, {})
    whole: set[int] = set()
    for path, node in sorted(found, key=lambda one: one.path.count("/") + bool(one.path)):
        if not path:
            return tree
        _attach(root, tree.root, path, node, whole)
    return UnionTree(root)


def _attach(root: FileNode, real: FileNode, path: str, node: FileNode, whole: set[int]) -> None:
    """Put *node* at *path* below *root*, unless a directory above it is there with all that it holds."""
    place = root
    *above, name = path.split("/")
    for part in above:
        real = children_of(real)[part]
        children = children_of(place)
        if part not in children:
            children[part] = FileNode(real.entry, real.stored_at, {})
        place = children[part]
        if id(place) in whole:
            return
    children_of(place)[name] = node
    whole.add(id(node))
