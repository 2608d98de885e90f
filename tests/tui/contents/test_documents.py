"""Pages, lines and colours of what is inside a file, and what two files differ in."""

from __future__ import annotations

import pytest

from ocianalyze.tui.contents import lines as lines_module
from ocianalyze.tui.contents.diff import compare_documents
from ocianalyze.tui.contents.lines import HexLines, TextLines, coloured
from ocianalyze.tui.contents.pages import PAGE, PagedFile
from ocianalyze.tui.contents.versions import Version, version_at, versions
from ocianalyze.tui.viewmodel.paths import PathIndex
from tests.builders import file
from tests.tui.contents.stored import Stored, document
from tests.tui.sample import sample


def test_versions_are_the_copies_that_a_path_has_shown() -> None:
    index = PathIndex(sample())
    found = versions("srv/three", index.history("srv/three"))
    assert [(v.since, v.layer, v.entry.size) for v in found] == [(1, 1, 90), (2, 2, 100), (3, 3, 110)]
    assert [version_at(found, n) for n in range(4)] == [0, 0, 1, 2]
    assert versions("srv", index.history("srv")) == []


def test_a_document_reads_only_the_pages_that_are_asked_for() -> None:
    data = bytes(range(256)) * 4096
    source = Stored({"a": data})
    doc = PagedFile(source, Version(path="a", since=0, layer=0, entry=file("a", data)))
    assert doc.read_kept(PAGE * 2, 10) is None
    assert doc.read(PAGE * 2 - 5, 10) == data[PAGE * 2 - 5 : PAGE * 2 + 5]
    assert source.reads == [(PAGE, PAGE), (PAGE * 2, PAGE)]
    assert doc.read_kept(PAGE * 2, 10) == data[PAGE * 2 : PAGE * 2 + 10]
    assert doc.read(len(data) - 3, 10) == data[-3:]


@pytest.mark.parametrize(
    "data", [b"", b"one", b"one\n", b"one\ntwo", b"\n\n", b"x" * (PAGE - 1) + b"\ny\n", b"ab\n" * PAGE]
)
def test_lines_of_a_text_are_those_of_splitlines(data: bytes) -> None:
    text = TextLines(document(data))
    while not text.complete:
        text.index_more()
    expected = data.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    assert text.count == len(expected)
    places = [text.place(number) for number in range(text.count)]
    assert [data[start : start + length].rstrip(b"\n") for start, length in places] == [one[:2000] for one in expected]


def test_a_line_that_is_not_kept_has_to_be_read_first() -> None:
    doc = document(b"a\n" * PAGE)
    text = TextLines(doc)
    while not text.complete:
        text.index_more()
    assert text.line(text.count - 1) == [("plain", "a")]
    doc._pages.clear()
    assert text.line(0) is None
    assert HexLines(doc).line(0) is None
    assert HexLines(doc).count == 2 * PAGE // 16


def test_lines_are_harmless() -> None:
    text = TextLines(document(b"a\x1b[31m\tb\xff\r\n"))
    text.index_more()
    assert text.line(0) == [("plain", "a\\x1b[31m  b\\xff")]


def test_source_text_is_coloured_line_by_line() -> None:
    found = coloured(document(b'x = "a\\n"\n\n# note\n', path="a.py"))
    assert found is not None
    assert ["".join(text for _, text in found.line(n)) for n in range(found.count)] == ['x = "a\\n"', "", "# note"]
    assert ("syntax-comment", "# note") in found.line(2)
    assert coloured(document(b"plain words", path="a.unknown")) is None
    assert coloured(document(b"#" * (lines_module._MOST_COLOURED + 1), path="a.py")) is None


def test_a_diff_of_texts_and_fields() -> None:
    found = compare_documents(document(b"a\nb\nc\n"), document(b"a\nB\x1b\nc\n", mode=0o600))
    assert [(line.tone, line.text) for line in found] == [
        ("note", "size: 6 B → 7 B"),
        ("note", "mode: 0644 → 0600"),
        ("hunk", "@@ -1,4 +1,4 @@"),
        ("same", " a"),
        ("removed", "-b"),
        ("added", "+B\\x1b"),
        ("same", " c"),
        ("same", " "),
    ]


def test_a_diff_of_bytes_shows_the_rows_that_differ() -> None:
    old = bytes(100_000)
    found = compare_documents(document(old), document(old[:70_000] + b"\1" + old[70_001:]))
    assert [line.text[:19] for line in found] == ["-00011170  00 00 00", "+00011170  01 00 00"]


def test_the_same_bytes_with_another_mode_are_said_to_be_the_same() -> None:
    found = compare_documents(document(b"a"), document(b"a", mode=0o755))
    assert [line.text for line in found] == ["mode: 0644 → 0755", "The content is the same, byte for byte."]
