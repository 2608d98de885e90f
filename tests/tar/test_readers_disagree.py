"""Where GNU tar reads a member in another way than Go, a notice says what it has; GNU tar itself is the judge."""

from __future__ import annotations

import shutil
import stat
import subprocess
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.errors import CorruptLayerError
from ocianalyze.model.entry import Entry, EntryKind, clean_path
from ocianalyze.model.finding import Level
from tests.tar.odd_headers import members
from tests.tar.scanning import codes, scan
from tests.tar_builders import GNU, USTAR, V7, base256, header, long_name, member, octal, pax, tar


def _is_gnu_tar() -> bool:
    found = shutil.which("tar")
    return bool(found) and b"GNU tar" in subprocess.run([str(found), "--version"], capture_output=True).stdout


needs_gnu_tar = pytest.mark.skipif(not _is_gnu_tar(), reason="GNU tar judges these")
AFTER = member(b"after", b"x")

CASES: dict[str, tuple[bytes, str, str]] = {
    "a prefix that Go before 1.8 wrote": (
        member(b"package.json", b"{}", magic=GNU, prefix=b"usr/lib"),
        "GNU tar has the name 'package.json'",
        "-rw-r--r-- 0/0 2 package.json",
    ),
    "a file with a slash": (
        member(b"etc/cron.d/job/", b"* *"),
        "GNU tar has a directory",
        "drw-r--r-- 0/0 3 etc/cron.d/job/",
    ),
    "an old directory with a size": (
        header(b"d1/", magic=V7, kind=b"\0", size=1) + header(b"d2/", magic=V7, kind=b"\0"),
        "GNU tar has 1 bytes of data where there are 0",
        "drw-r--r-- 0/0 1 d1/",
    ),
    "a link with a size": (
        header(b"l", kind=b"2", link=b"t", size=512),
        "GNU tar has 512 bytes of data where there are 0",
        "lrw-r--r-- 0/0 512 l -> t",
    ),
    "a long name over a record": (
        pax({b"path": b"local"}) + long_name(b"gnu") + header(),
        "GNU tar has the name 'local'",
        "-rw-r--r-- 0/0 0 local",
    ),
    "a long target over a record": (
        pax({b"linkpath": b"local"}) + long_name(b"gnu", b"K") + header(b"l", kind=b"2"),
        "GNU tar has the target 'local'",
        "lrw-r--r-- 0/0 0 l -> local",
    ),
    "an empty record": (
        pax({b"path": b"", b"uname": b""}) + header(b"f"),
        "GNU tar has the name '', and an empty uname",
        "-rw-r--r-- 0/0 0 ",
    ),
    "a size for all": (
        pax({b"size": b"3", b"comment": b"x"}, kind=b"g") + member(b"f", b"hello"),
        "GNU tar applies size='3' of a global header to what follows",
        "-rw-r--r-- 0/0 3 f",
    ),
    "a record before a global header": (
        pax({b"path": b"local"}) + pax({}, kind=b"g") + header(b"f"),
        "GNU tar applies the extended header before a global one to the next member",
        "-rw-r--r-- 0/0 0 local",
    ),
    "NULs in front": (
        header(b"f", mode=b"\0\x00755", uid=b"\x0012"),
        "GNU tar has the mode 0000",
        "---------- 10/0 0 f",
    ),
    "NULs in front of a size": (
        member(b"f", b"x" * 600, size=b"\0\x001130"),
        "GNU tar has 0 bytes of data where there are 600",
        "-rw-r--r-- 0/0 0 f",
    ),
    "a user past 32 bits": (
        header(b"f", uid=base256(2**40, 8)),
        "GNU tar has no number for its uid",
        "-rw-r--r-- 4294967295/0 0 f",
    ),
    "a record of a negative user": (
        pax({b"uid": b"-2"}) + header(b"f", uid=7),
        "GNU tar ignores the uid '-2'",
        "-rw-r--r-- 7/0 0 f",
    ),
    "a number with a sign": (
        pax({b"gid": b"+5"}) + header(b"f"),
        "GNU tar ignores the gid '+5'",
        "-rw-r--r-- 0/0 0 f",
    ),
    "a directory of a negative size": (
        header(b"d/", kind=b"5", size=base256(-5, 12)),
        "GNU tar has no number for its size, and skips it",
        "-rw-r--r-- 0/0 1 after",
    ),
    "a sparse file without runs": (
        pax({b"GNU.sparse.size": b"700", b"GNU.sparse.numblocks": b"0"}) + header(b"s"),
        "GNU tar has a sparse file",
        "-rw-r--r-- 0/0 700 s",
    ),
    "the prefix of star": (
        header(b"f", prefix=b"p" * 131 + octal(1, 12) + octal(2, 12) + bytes(8) + b"tar\0"),
        f"GNU tar has the name '{'p' * 131}00000000001",
        f"-rw-r--r-- 0/0 0 {'p' * 131}00000000001",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_gnu_tar_has_is_said(case: str) -> None:
    data, words, _ = CASES[case]
    [notice] = scan(tar(data, AFTER)).notices.freeze()
    assert (notice.code, notice.level) == ("readers-disagree", Level.WARNING)
    assert notice.message.startswith("readers disagree: " + words)


@needs_gnu_tar
@pytest.mark.parametrize("case", CASES)
def test_gnu_tar_has_what_is_said(case: str) -> None:
    data, _, expected = CASES[case]
    listed = _listing(tar(data, AFTER))[0].split(maxsplit=5)
    assert " ".join([*listed[:3], *listed[5:], ""]).startswith(expected)


def test_attributes_in_a_form_of_libarchives_own_are_said() -> None:
    records = {b"LIBARCHIVE.xattr.user.a%20b": b"YQ==", b"SCHILY.xattr.user.c": b"c", b"LIBARCHIVE.xattr.user.c": b"Yw"}
    [notice] = scan(tar(pax(records), header())).notices.freeze()
    assert notice.message == "readers disagree: bsdtar has extended attributes that nothing else reads: 'user.a b'"


@pytest.mark.parametrize(
    "ordinary",
    [
        member(b"f", b"abc"),
        member(b"f", b"abc", magic=GNU, mode=b"000644 \0", prefix=octal(5, 12)),
        header(b"d/", kind=b"5", size=700),
        header(b"d/", kind=b"\0", magic=V7),
        pax({b"comment": b"x"}, kind=b"g") + member(b"f"),
        pax({b"mtime": b"1.5", b"uid": b"7", b"path": b"long"}) + member(b"f"),
        long_name(b"n" * 200) + member(b"f", magic=GNU),
        header(b"f", mtime=base256(-86400, 12), magic=GNU),
        header(b"f", prefix=b"p/q", magic=USTAR),
        pax({b"path": b"first"}) + pax({b"gid": b"5"}) + header(),
    ],
)
def test_nothing_is_said_where_readers_agree(ordinary: bytes) -> None:
    assert codes(ordinary, AFTER) == []


@needs_gnu_tar
@settings(max_examples=150, deadline=None)
@given(st.lists(members(good=True), max_size=3))
def test_where_nothing_is_said_gnu_tar_lists_the_same(made: list[bytes]) -> None:
    data = tar(*made)
    try:
        found = scan(data)
    except CorruptLayerError:
        return
    if not found.notices.freeze():
        assert [_as_listed(line) for line in _listing(data)] == [_as_tar_says(entry) for entry in found.entries]


Row = tuple[str, str, str, str, str]


def _listing(data: bytes) -> list[str]:
    command = ["tar", "--utc", "--numeric-owner", "--quoting-style=literal", "--full-time", "-tvf", "-"]
    listed = subprocess.run(command, input=data, capture_output=True, check=False).stdout
    return listed.decode("utf-8", "surrogateescape").splitlines()


def _as_listed(line: str) -> Row:
    """Permissions, owners, size of a file, time, and name with target. Go and GNU differ on fractions before 1970."""
    permissions, owners, size, day, time, name = line.split(maxsplit=5)
    arrow = {"l": " -> ", "h": " link to "}.get(permissions[0], "\n")
    path, _, target = name.partition(arrow)
    if permissions[0] == "h":
        target = clean_path(target).path
    when = "" if day < "1970" else f"{day} {time.partition('.')[0]}"
    return permissions, owners, size if permissions[0] == "-" else "", when, clean_path(path).path + arrow + target


def _as_tar_says(entry: Entry) -> Row:
    letter = {EntryKind.FILE: "-", EntryKind.DIRECTORY: "d", EntryKind.SYMLINK: "l", EntryKind.HARDLINK: "h"}
    letter |= {EntryKind.FIFO: "p", EntryKind.CHAR_DEVICE: "c"}
    permissions = letter[entry.kind] + stat.filemode(entry.mode)[1:]
    arrow = {"l": " -> ", "h": " link to "}.get(permissions[0], "\n")
    seconds = entry.mtime_ns // 10**9
    when = "" if seconds < 0 else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"
    size = str(entry.size) if entry.kind is EntryKind.FILE else ""
    return permissions, f"{entry.uid}/{entry.gid}", size, when, entry.path + arrow + entry.link_target
