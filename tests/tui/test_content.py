"""What is inside files: pages, looks, listings, diffs, and saving without being led astray."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from ocianalyze.analysis.analyze import analyze
from ocianalyze.analysis.tree import FileNode, StoredAt
from ocianalyze.archive.forward import Piece
from ocianalyze.archive.zstdlib import zstd
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.tui.content import lines as lines_module
from ocianalyze.tui.content import listing
from ocianalyze.tui.content.diff import compare_documents
from ocianalyze.tui.content.lines import HexLines, TextLines, coloured
from ocianalyze.tui.content.listing import list_members
from ocianalyze.tui.content.save import save
from ocianalyze.tui.content.sniff import look
from ocianalyze.tui.content.source import PAGE, Document, Version, version_at, versions
from ocianalyze.tui.index.paths import PathIndex
from tests.builders import build_image, char_device, directory, file, layer, symlink
from tests.tui.sample import sample


class Stored:
    """Contents by path; counts what is read."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        self.contents = contents
        self.reads: list[tuple[int, int | None]] = []

    def read(self, layer: int, entry: Entry, *, start: int = 0, length: int | None = None) -> bytes:
        self.reads.append((start, length))
        data = self.contents[entry.path]
        return data[start:] if length is None else data[start : start + length]

    def in_order(self, layer: int, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
        for entry in entries:
            data = self.read(layer, entry)
            yield entry, iter([Piece(0, data)] if data else [])

    def close(self) -> None:
        """Nothing is open."""


def document(data: bytes, path: str = "a", mode: int = 0o644) -> Document:
    entry = file(path, data, mode=mode)
    return Document(Stored({path: data}), Version(path=path, since=0, layer=0, entry=entry))


def tar_of(*names: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 3
            tar.addfile(info, io.BytesIO(b"abc"))
    return out.getvalue()


def test_versions_are_the_copies_that_a_path_has_shown() -> None:
    index = PathIndex(sample())
    found = versions(index, "srv/three")
    assert [(v.since, v.layer, v.entry.size) for v in found] == [(1, 1, 90), (2, 2, 100), (3, 3, 110)]
    assert [version_at(found, n) for n in range(4)] == [0, 0, 1, 2]
    assert versions(index, "srv") == []


def test_a_document_reads_only_the_pages_that_are_asked_for() -> None:
    data = bytes(range(256)) * 4096
    source = Stored({"a": data})
    doc = Document(source, Version(path="a", since=0, layer=0, entry=file("a", data)))
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
    for number in {0, len(expected) // 2, len(expected) - 1} - {-1} if expected else ():
        start, length = text.place(number)
        assert data[start : start + length].rstrip(b"\n") == expected[number][:2000]


def test_a_line_that_is_not_kept_has_to_be_read_first(monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.mark.parametrize(
    ("data", "about", "text", "archive"),
    [
        (b"", "empty", True, False),
        (b"hello\n", "text", True, False),
        ("h\u00e4llo ".encode() * 600 + b"\xc3", "text", True, False),
        (b"#!/bin/sh\necho\n", "script for /bin/sh", True, False),
        (b"\xff\xfe\x00", "data", False, False),
        (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00", "ELF 64-bit x86-64 shared object", False, False),
        (b"\x89PNG\r\n\x1a\n" + bytes(8) + b"\0\0\2\x80\0\0\1\xe0", "PNG image, 640 x 480", False, False),
        (b"GIF89a\x10\x00\x20\x00", "GIF image, 16 x 32", False, False),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x20\x00\x10xxxx", "JPEG image, 16 x 32", False, False),
        (gzip.compress(b"x", mtime=0), "gzip data", False, True),
        (tar_of("a"), "tar archive", False, True),
        (b"SQLite format 3\0", "SQLite database", False, False),
    ],
    ids=lambda value: "bytes" if isinstance(value, bytes) else None,
)
def test_a_look_tells_what_bytes_are(data: bytes, about: str, text: bool, archive: bool) -> None:
    seen = look(data[:4096])
    assert (seen.about, seen.text, seen.archive) == (about, text, archive)


def test_members_of_tar_gzip_and_zip_are_listed() -> None:
    tar = tar_of("one", "two\x1b[0m")
    for data in (tar, gzip.compress(tar)):
        assert [line.split()[-1] for line in list_members(document(data))] == ["one", "two\\x1b[0m"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("in/zip", b"abcd")
    assert list_members(document(out.getvalue())) == ["-rw-------        4 B  in/zip"]


def test_a_listing_ends_within_bounds_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    tar = tar_of(*(f"m{n}" for n in range(10)))
    monkeypatch.setattr(listing, "_MOST_MEMBERS", 4)
    assert list_members(document(tar))[4:] == ["… and more: only the first 4 are listed"]
    monkeypatch.setattr(listing, "_MOST_MEMBERS", 100)
    monkeypatch.setattr(listing, "_MOST_BYTES", 4096)
    assert "stopped after 4.1 kB" in list_members(document(gzip.compress(tar)))[-1]
    broken = list_members(document(gzip.compress(os.urandom(4096))[:2000]))
    assert len(broken) == 1
    assert broken[0].startswith("…")


def ar_of(*members: tuple[bytes, bytes]) -> bytes:
    out = b"!<arch>\n"
    for name, data in members:
        out += b"%-16s%-12d%-6d%-6d%-8o%-10d`\n" % (name, 0, 0, 0, 0o100644, len(data)) + data + b"\n" * (len(data) % 2)
    return out


def test_a_debian_package_lists_the_files_that_it_installs() -> None:
    data = tar_of("./usr/bin/x", "./etc/y\x1b")
    for packed, name in ((lzma.compress(data), b"data.tar.xz"), (zstd.compress(data), b"data.tar.zst/")):
        deb = ar_of((b"debian-binary", b"2.0\n"), (b"control.tar.xz", b"odd"), (name, packed))
        assert look(deb).archive
        assert [line.split()[-1] for line in list_members(document(deb))] == [
            "debian-binary",
            "control.tar.xz",
            name.decode().rstrip("/"),
            "./usr/bin/x",
            "./etc/y\\x1b",
        ]


def test_a_library_lists_its_objects_with_their_long_names() -> None:
    table = b"a-name-of-more-than-sixteen.o/\nanother-quite-long-name.o/\n"
    data = ar_of(
        (b"/", b"symbols!"), (b"//", table), (b"/31", b"abc"), (b"/0", b""), (b"short.o/", b"x"), (b"/999", b"")
    )
    names = [line.split()[3:] for line in list_members(document(data))]
    assert names == [["another-quite-long-name.o"], ["a-name-of-more-than-sixteen.o"], ["short.o"], []]


@pytest.mark.parametrize("cut", [30, 70, 100, 140])
def test_a_broken_ar_archive_ends_with_a_word_about_it(cut: int) -> None:
    data = ar_of((b"debian-binary", b"2.0\n"), (b"data.tar.xz", lzma.compress(tar_of("x"))))
    assert list_members(document(data[:cut] + b"\0" * (200 - cut)))[-1].startswith("…")


def test_a_tar_that_zstd_has_compressed_is_listed() -> None:
    assert [line.split()[-1] for line in list_members(document(zstd.compress(tar_of("one"))))] == ["one"]


def test_a_compressed_text_that_is_no_tar_is_shown() -> None:
    assert list_members(document(gzip.compress(b"change\nlog\n")))[:3] == ["… compressed text:", "change", "log"]


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


# Saving.


def tree_of(contents: dict[str, bytes], *entries: Entry) -> tuple[Stored, FileNode]:
    files = [file(path, data, mode=0o640) for path, data in contents.items()]
    return Stored(contents), analyze(build_image(layer(*entries, *files))).tree.root


def test_a_directory_is_saved_with_modes_times_and_links_as_links(tmp_path: Path) -> None:
    source, root = tree_of(
        {"d/a": b"A", "d/sub/b": b"B" * 9_000_000},
        directory("d/sub", mode=0o500),
        symlink("d/l", "/etc/passwd"),
        char_device("d/null", 1, 3),
    )
    saved = save(source, (root.children or {})["d"], tmp_path / "out")
    assert (saved.files, saved.size, saved.skipped) == (3, 9_000_001, [("out/null", "a device node")])
    out = tmp_path / "out"
    assert (out / "sub/b").read_bytes() == b"B" * 9_000_000
    assert (out / "a").stat().st_mode & 0o777 == 0o640
    assert (out / "a").stat().st_mtime_ns == 1_700_000_000_000_000_000
    assert (out / "l").readlink() == Path("/etc/passwd")


def test_a_link_on_the_disk_does_not_lead_a_save_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / "sub").symlink_to(outside)
    (out / "a").symlink_to(outside / "a")
    source, root = tree_of({"d/a": b"A", "d/sub/b": b"B"})
    node = (root.children or {})["d"]
    with pytest.raises(UsageError):
        save(source, node, out)
    assert (out / "a").is_symlink()
    save(source, node, out, overwrite=True)
    assert list(outside.iterdir()) == []
    assert not (out / "a").is_symlink()
    assert not (out / "sub").is_symlink()
    assert (out / "sub/b").read_bytes() == b"B"


def test_a_link_of_the_image_does_not_lead_a_save_outside(tmp_path: Path) -> None:
    """A name that is a link and a directory at once cannot be in a tree; one that is made by hand is refused."""
    outside = tmp_path / "outside"
    outside.mkdir()
    link = FileNode(symlink("x", str(outside)), StoredAt(0, 0))
    out = tmp_path / "out"
    save(Stored({}), FileNode(None, None, {"x": link}), out)
    inner = FileNode(file("f", b"F"), StoredAt(0, 1))
    evil = FileNode(None, None, {"x": FileNode(None, None, {"f": inner}), "..": inner, "a/b": inner, "": inner})
    with pytest.raises(UsageError):
        save(Stored({"f": b"F"}), evil, out)
    saved = save(Stored({"f": b"F"}), FileNode(None, None, {"..": inner, ".": inner}), tmp_path / "three")
    assert sorted(saved.skipped) == [
        ("three/.", "a name that no file system takes"),
        ("three/..", "a name that no file system takes"),
    ]
    assert list(outside.iterdir()) == []


def test_a_file_is_not_written_over_unasked_and_never_through_a_link(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(b"mine")
    target = tmp_path / "target"
    target.symlink_to(kept)
    source, root = tree_of({"a": b"theirs"})
    node = (root.children or {})["a"]
    with pytest.raises(UsageError, match="already there"):
        save(source, node, target)
    save(source, node, target, overwrite=True)
    assert kept.read_bytes() == b"mine"
    assert target.read_bytes() == b"theirs"
    assert not target.is_symlink()


def test_directories_may_be_nested_deeply_and_nothing_stays_open(tmp_path: Path) -> None:
    node = FileNode(file("f", b""), StoredAt(0, 0))
    for _ in range(300):
        node = FileNode(None, None, {"d": node})
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    assert save(Stored({"f": b""}), node, tmp_path / "deep").directories == 300
    assert before == (len(list(Path("/proc/self/fd").iterdir())) if before else 0)


def test_half_a_file_is_removed(tmp_path: Path) -> None:
    class Torn(Stored):
        def read(self, layer: int, entry: Entry, *, start: int = 0, length: int | None = None) -> bytes:
            raise UsageError("the archive is gone")

    node = FileNode(Entry("f", EntryKind.FILE, 5, 0o644, 0, 0, 0), StoredAt(0, 0))
    with pytest.raises(UsageError, match="gone"):
        save(Torn({}), node, tmp_path / "f")
    assert list(tmp_path.iterdir()) == []
