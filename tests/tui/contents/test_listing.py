"""What bytes are, and what is in them when they are an archive."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import zipfile

import pytest

from ocianalyze.blobs.zstdlib import zstd
from ocianalyze.contents import members
from ocianalyze.tui.contents.listing import member_lines
from ocianalyze.tui.contents.sniff import look
from tests.tui.contents.stored import ar_of, document, tar_of


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
        assert [line.split()[-1] for line in member_lines(document(data))] == ["one", "two\\x1b[0m"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("in/zip", b"abcd")
    assert member_lines(document(out.getvalue())) == ["-rw-------        4 B  in/zip"]


def test_a_listing_ends_within_bounds_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    tar = tar_of(*(f"m{n}" for n in range(10)))
    monkeypatch.setattr(members, "MOST_MEMBERS", 4)
    assert member_lines(document(tar))[4:] == ["… and more: only the first 4 are listed"]
    monkeypatch.setattr(members, "MOST_MEMBERS", 100)
    monkeypatch.setattr(members, "MOST_BYTES", 4096)
    assert "stopped after 4.1 kB" in member_lines(document(gzip.compress(tar)))[-1]
    broken = member_lines(document(gzip.compress(os.urandom(4096))[:2000]))
    assert broken == ["… the listing ends here: Compressed file ended before the end-of-stream marker was reached"]


def test_a_debian_package_lists_the_files_that_it_installs() -> None:
    data = tar_of("./usr/bin/x", "./etc/y\x1b")
    for packed, name in ((lzma.compress(data), b"data.tar.xz"), (zstd.compress(data), b"data.tar.zst/")):
        deb = ar_of((b"debian-binary", b"2.0\n"), (b"control.tar.xz", b"odd"), (name, packed))
        assert look(deb).archive
        assert [line.split()[-1] for line in member_lines(document(deb))] == [
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
    names = [line.split()[3:] for line in member_lines(document(data))]
    assert names == [["another-quite-long-name.o"], ["a-name-of-more-than-sixteen.o"], ["short.o"], []]


@pytest.mark.parametrize("cut", [30, 70, 100, 140])
def test_a_broken_ar_archive_ends_with_a_word_about_it(cut: int) -> None:
    why = {30: "no header of a member at byte 8", 140: "Corrupt input data"}.get(
        cut, "no header of a member at byte 72"
    )
    data = ar_of((b"debian-binary", b"2.0\n"), (b"data.tar.xz", lzma.compress(tar_of("x"))))
    assert member_lines(document(data[:cut] + b"\0" * (200 - cut)))[-1] == f"… the listing ends here: {why}"


def test_a_tar_that_zstd_has_compressed_is_listed() -> None:
    assert [line.split()[-1] for line in member_lines(document(zstd.compress(tar_of("one"))))] == ["one"]


def test_a_compressed_text_that_is_no_tar_is_shown() -> None:
    assert member_lines(document(gzip.compress(b"change\nlog\n")))[:3] == ["… compressed text:", "change", "log"]
