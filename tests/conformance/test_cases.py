"""Runs the table, and the rows that only a tar can express."""

from __future__ import annotations

import io
import tarfile

import pytest

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.model.entry import EntryKind
from tests.analysis.invariants import check
from tests.builders import build_image
from tests.conformance.cases import CASES
from tests.conformance.cases.case import Case
from tests.tar.scanning import scan


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_replay(case: Case) -> None:
    analysis = analyze(build_image(*case.layers))
    check(analysis)
    assert _merged(analysis) == case.expected, case.source
    assert {cause: size for cause, size in analysis.waste.by_cause.items() if size} == case.wasted
    assert tuple(notice.code for notice in analysis.notices) == case.notices
    if case.changes is not None:
        assert tuple(_changes(analysis)) == case.changes


@pytest.mark.parametrize("case", [row for row in CASES if len(row.layers) > 1], ids=lambda case: case.name)
def test_the_order_of_entries_never_changes_what_markers_hide(case: Case) -> None:
    markers = (EntryKind.WHITEOUT, EntryKind.OPAQUE)
    first = [tuple(sorted(entries, key=lambda entry: entry.kind not in markers)) for entries in case.layers]
    last = [tuple(sorted(entries, key=lambda entry: entry.kind in markers)) for entries in case.layers]
    assert _merged(analyze(build_image(*first))) == _merged(analyze(build_image(*last))) == case.expected


NAMES = (
    (["a", "d/.wh."], {"a": 0}, ("empty-marker",)),
    ([".wh..wh.plnk/f", ".wh..wh.aufs", ".wh..wh.orph", "a"], {"a": 0}, ("aufs-marker",)),
    (["a.wh.b"], {"a.wh.b": 0}, ()),
    (["./a", "/b", "c//d", "e/./f"], {"a": 0, "b": 0, "c": "DIR", "c/d": 0, "e": "DIR", "e/f": 0}, ()),
    (["../../etc/passwd", "x/../y"], {"etc": "DIR", "etc/passwd": 0, "y": 0}, ("path-clamped",)),
    ([b"\xff\xfe".decode("utf-8", "surrogateescape")], {"\udcff\udcfe": 0}, ()),
    (["new\nline", "\x1b[31mred", "\u202egpj.exe"], {"new\nline": 0, "\x1b[31mred": 0, "\u202egpj.exe": 0}, ()),
)


@pytest.mark.parametrize(("names", "expected", "codes"), NAMES)
def test_names(names: list[str], expected: dict[str, int | str], codes: tuple[str, ...]) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", errors="surrogateescape", format=tarfile.GNU_FORMAT) as tar:
        for name in names:
            tar.addfile(tarfile.TarInfo(name))
    scanner = scan(out.getvalue())
    analysis = analyze(build_image(scanner.entries))
    assert {notice.code for notice in scanner.notices.freeze()} == set(codes)
    assert _merged(analysis) == expected


def _merged(analysis: Analysis) -> dict[str, int | str]:
    return {path: _shown(node) for path, node in analysis.tree.walk()}


def _shown(node: FileNode) -> int | str:
    if node.kind is EntryKind.DIRECTORY:
        return "DIR"
    assert node.entry is not None
    if node.kind is EntryKind.SYMLINK:
        return f"-> {node.entry.link_target}"
    if node.entry.device:
        return f"{node.kind.value} {node.entry.device[0]}:{node.entry.device[1]}"
    return node.size


def _changes(analysis: Analysis) -> list[str]:
    return [
        " ".join([change.kind.value, change.path, *(aspect.name.lower() for aspect in change.aspects if aspect.name)])
        for change in analysis.changes[-1]
    ]
