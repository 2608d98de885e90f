"""Twice the image costs twice as much: every question of the analysis, on images made to cost more than they weigh."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ocianalyze.analysis.checks.run import run_checks
from ocianalyze.analysis.checks.squash_saving import squash_saving
from ocianalyze.analysis.compare.imagediff import compare
from ocianalyze.analysis.query.duplicates import duplicates
from ocianalyze.analysis.query.find import find_deleted
from ocianalyze.analysis.query.pathhistory import path_history
from ocianalyze.analysis.query.usage import usage
from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.analysis.union.lookup import listing, lookup
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import Entry
from ocianalyze.tui.viewmodel.paths import PathIndex
from ocianalyze.tui.viewmodel.timeline import Timeline
from ocianalyze.tui.viewmodel.view import Mode, Views
from tests.builders import build_image, directory, file, hardlink, opaque, symlink, whiteout
from tests.steps import lines_run

Stack = list[Sequence[Entry]]

STACKS: dict[str, Callable[[int], Stack]] = {
    "whiteouts": lambda n: [[file(f"d/f{i}", 1) for i in range(n)], [whiteout(f"d/f{i}") for i in range(n)]],
    "whiteouts of directories": lambda n: [
        [file(f"x/d{i}/f", 1) for i in range(n)],
        [whiteout(f"x/d{i}") for i in range(n)],
        [file("x/a", 1)],
    ],
    "whiteouts of nothing": lambda n: [
        [file(f"d/f{i}", 1) for i in range(n)],
        [whiteout(f"d/g{i}") for i in range(n)],
        [file("x", 1)],
    ],
    "whiteouts behind a link": lambda n: [
        [symlink("l", "d"), *(file(f"d/e{i}/f", 1) for i in range(n))],
        [whiteout(f"l/e{i}") for i in range(n)],
    ],
    "opaque directories": lambda n: [[file(f"d{i}/f", 1) for i in range(n)], [opaque(f"d{i}") for i in range(n)]],
    "hard links": lambda n: [[file("a", 1), *(hardlink(f"d{i % 9}/l{i}", "a") for i in range(n))]],
    "a chain of hard links": lambda n: [[file("l0", 1), *(hardlink(f"l{i + 1}", f"l{i}") for i in range(n))]],
    "hard links that go": lambda n: [
        [file("a", 1), *(hardlink(f"l{i}", "a") for i in range(n))],
        [file("b", 1), *(hardlink(f"l{i}", "b") for i in range(n))],
        [whiteout(f"l{i}") for i in range(n)],
    ],
    "hard links to lower files": lambda n: [
        [file(f"d/f{i}", 1) for i in range(n)],
        [hardlink(f"e/l{i}", f"d/f{i}") for i in range(n)],
    ],
    "hard links to nothing": lambda n: [[hardlink(f"e/l{i}", f"nowhere/{i}") for i in range(n)]],
    "files written again": lambda n: [[file(f"d/f{i}", k) for i in range(n)] for k in range(3)],
    "a file written by every layer": lambda n: [[file("d/f", i + 1)] for i in range(n // 8)],
    "entries stored twice": lambda n: [[file(f"d/f{i // 2}", 1) for i in range(n)]],
    "files and directories in turn": lambda n: [
        [entry for i in range(n) for entry in (file(f"d{i % 9}/x", 1), file(f"d{i % 9}", 1))]
    ],
    "links that change": lambda n: [
        [directory("t"), symlink("s", "t")]
        + [entry for i in range(n) for entry in (file(f"s/f{i}", 1), symlink("z", str(i)))]
    ],
}


def missing(analysis: Analysis) -> None:
    with pytest.raises(UsageError):
        lookup(analysis.tree, "d/nothing-like-it")


def screens(analysis: Analysis) -> None:
    index = PathIndex(analysis)
    timeline = Timeline(index)
    timeline.warm()
    view = Views(index, timeline, 1).get(len(analysis.trees) - 1, Mode.AGGREGATED)
    view.sizes()
    view.other_names()


QUESTIONS: dict[str, Callable[[Analysis], object]] = {
    "analyze": lambda analysis: analyze(analysis.image),
    "dive": lambda analysis: analysis.dive,
    "checks": run_checks,
    "squash": lambda analysis: squash_saving(analysis, 0, len(analysis.trees) - 1),
    "squash of the upper layers": lambda analysis: squash_saving(
        analysis, min(1, len(analysis.trees) - 1), len(analysis.trees) - 1
    ),
    "duplicates": lambda analysis: duplicates(analysis.tree),
    "usage": lambda analysis: usage(analysis.tree),
    "listing": lambda analysis: listing(analysis.tree, "", recursive=True),
    "deleted files": lambda analysis: list(find_deleted(analysis, [])),
    "history of the root": lambda analysis: path_history(analysis, ""),
    "history of a file": lambda analysis: path_history(analysis, analysis.changes[0][-1].path),
    "comparison with the lowest layer": lambda analysis: compare(
        analyze(build_image(analysis.image.layers[0].entries)), analysis
    ),
    "comparison with nothing": lambda analysis: compare(analyze(build_image()), analysis),
    "a path that is missing": missing,
    "screens": screens,
}


@pytest.mark.parametrize("stack", STACKS)
def test_twice_the_entries_take_twice_the_steps(stack: str) -> None:
    small, large = (analyze(build_image(*STACKS[stack](count))) for count in (120, 240))
    for question, ask in QUESTIONS.items():
        before, after = lines_run(lambda: ask(small)), lines_run(lambda: ask(large))  # noqa: B023  # run at once
        assert after <= 2.3 * before + 300, f"{question}: {before} lines, then {after}"
