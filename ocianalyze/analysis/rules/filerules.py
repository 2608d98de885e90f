"""What the rules about files find in the merged view."""

from __future__ import annotations

from collections.abc import Iterator

from ocianalyze.analysis.query.matching import MOST_STEPS, Steps, match_all
from ocianalyze.analysis.rules.failure import Failure, failure
from ocianalyze.analysis.rules.rules import Ignore, Rules, Unit
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.tree import StoredAt, UnionTree
from ocianalyze.model.entry import EntryKind

_SETUID_OR_SETGID = 0o6000


class FileRules:
    """Judges by the rules about single files; each rule looks only where it can find something."""

    def __init__(self, analysis: Analysis, rules: Rules, exempt: list[Ignore]) -> None:
        self._tree: UnionTree = analysis.tree
        self._rules = rules
        self._exempt: dict[str, set[str]] = {}
        globs = [*(one.path for one in exempt), *(one.glob for one in rules.budgets), *rules.forbidden_paths]
        matches = iter(match_all(analysis.tree, globs, Steps(MOST_STEPS)))
        for one, found in zip(exempt, matches, strict=False):
            self._exempt.setdefault(one.rule, set()).update(path for path, _ in found)
        self._budgets = list(zip(rules.budgets, matches, strict=False))
        self._forbidden = list(zip(rules.forbidden_paths, matches, strict=True))

    def failures(self) -> Iterator[Failure]:
        """In the order of the rules."""
        too_large, setuid = self._every_file()
        yield from too_large
        for budget, found in self._budgets:
            spent: dict[StoredAt, tuple[int, str]] = {}
            for path, node in found:
                if node.size and node.kind is EntryKind.FILE and node.stored_at and not self._is_exempt("budget", path):
                    spent.setdefault(node.stored_at, (-node.size, path))
            used = -sum(size for size, _ in spent.values())
            if used > budget.limit:
                paths = [path for _, path in sorted(spent.values())]
                yield failure("budget", Unit.BYTES, budget.limit, used, paths, subject=budget.glob)
        for glob, found in self._forbidden:
            hits = [path for path, _ in found if not self._is_exempt("forbidden-path", path)]
            if hits:
                yield failure("forbidden-path", Unit.NONE, "none", len(hits), hits, subject=glob)
        yield from setuid

    def _every_file(self) -> tuple[list[Failure], list[Failure]]:
        """Of max-file-size and of no-setuid: one pass for both, and none where neither is a rule."""
        limit = dict(self._rules.numbers).get("max-file-size")
        if limit is None and not self._rules.no_setuid:
            return [], []
        largest_allowed = float("inf") if limit is None else limit
        bits = _SETUID_OR_SETGID if self._rules.no_setuid else 0
        sizes, setuid = [], []
        for prefix, name, node in self._tree.files():
            entry = node.entry
            if entry and entry.mode & bits:
                setuid.append(prefix + name)
            if entry and entry.size > largest_allowed:
                sizes.append((-entry.size, prefix + name))
        sizes = sorted(one for one in sizes if not self._is_exempt("max-file-size", one[1]))
        setuid = sorted(path for path in setuid if not self._is_exempt("no-setuid", path))
        paths = [path for _, path in sizes]
        return (
            [failure("max-file-size", Unit.BYTES, limit or 0, -sizes[0][0], paths)] if sizes else [],
            [failure("no-setuid", Unit.NONE, "none", len(setuid), setuid)] if setuid else [],
        )

    def _is_exempt(self, rule: str, path: str) -> bool:
        return path in self._exempt.get(rule, ())
