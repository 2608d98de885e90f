"""Tar members by raw headers, which tarfile cannot judge: every dialect, number, long name and extended header."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from blake3 import blake3

from ocianalyze.model.entry import EntryKind
from tests.tar.scanning import codes, entries, one, scan
from tests.tar.sparse import RUNS, old_gnu, pax_0_1, pax_1_0
from tests.tar_builders import GNU, V7, base256, header, long_name, member, octal, padded, pax, tar


def test_a_v7_header_has_no_names_of_owners_and_no_prefix() -> None:
    entry = one(member(b"old", b"data", magic=V7, uname=b"junk", prefix=b"junk", kind=b"\0"))
    assert (entry.path, entry.kind, entry.size, entry.uname) == ("old", EntryKind.FILE, 4, "")


def test_an_old_directory_is_told_by_its_slash() -> None:
    assert one(header(b"d/", magic=V7, kind=b"\0")).kind is EntryKind.DIRECTORY
    assert one(header(b"d/", kind=b"0")).kind is EntryKind.DIRECTORY


@pytest.mark.parametrize("version", [b"00", b"\0\0", b"  "])
def test_the_prefix_counts_whatever_the_version_of_ustar(version: bytes) -> None:
    assert one(header(b"name", magic=b"ustar\0" + version, prefix=b"a/b")).path == "a/b/name"
    known = entries(
        header(b"a/b/", kind=b"5"), header(b"a/b/x"), header(b"x", prefix=b"a/b", magic=b"ustar\0" + version)
    )
    assert [entry.path for entry in known] == ["a/b", "a/b/x", "a/b/x"]


def test_gnus_own_magic_keeps_times_where_the_prefix_would_be() -> None:
    assert one(header(b"name", magic=GNU, prefix=octal(1234567, 12))).path == "name"


def test_a_checksum_of_signed_bytes_is_read_too() -> None:
    block = bytearray(header(b"\xc3\xa9t\xc3\xa9"))
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(byte - 256 if byte > 127 else byte for byte in block)
    assert one(bytes(block)).path == "été"


@pytest.mark.parametrize("field", [b"0000644\0", b"644 \0", b"   644 \0", b"0000644 ", b"644", b" 644 \0\0\0"])
def test_octal_numbers_are_padded_in_many_ways(field: bytes) -> None:
    assert one(header(mode=field)).mode == 0o644


def test_numbers_in_base_256() -> None:
    entry = one(header(uid=base256(2**40, 8), gid=base256(-2, 8), mtime=base256(2**50, 12), size=base256(0, 12)))
    assert (entry.uid, entry.gid, entry.mtime_ns) == (2**40, -2, 2**50 * 10**9)
    assert one(header(mtime=base256(-86400, 12))).mtime_ns == -86400 * 10**9
    assert one(header(size=base256(3, 12)) + padded(b"abc")).content == blake3(b"abc").digest()


def test_empty_fields_are_zero() -> None:
    entry = one(header(mode=b"", uid=b" " * 8, gid=bytes(8), mtime=b"", size=b""))
    assert (entry.mode, entry.uid, entry.gid, entry.mtime_ns, entry.size) == (0, 0, 0, 0, 0)


def test_mode_bits_past_the_permissions_are_dropped() -> None:
    assert one(header(mode=0o104755)).mode == 0o4755


def test_long_names_and_long_links_of_gnu() -> None:
    entry = one(long_name(b"t" * 5000, b"K"), long_name(b"n" * 3000), header(b"cut", kind=b"2", link=b"cut"))
    assert (entry.path, entry.link_target) == ("n" * 3000, "t" * 5000)
    first, second = entries(long_name(b"n" * 300), header(b"cut"), header(b"next"))
    assert (first.path, second.path) == ("n" * 300, "next")


def test_local_records_beat_global_ones_and_those_the_long_name_and_that_the_header() -> None:
    everywhere, here, gnu = pax({b"path": b"global"}, kind=b"g"), pax({b"path": b"local"}), long_name(b"gnu")
    assert one(gnu, header(b"plain")).path == "gnu"
    assert one(everywhere, gnu, header(b"plain")).path == "global"
    assert one(everywhere, here, gnu, header(b"plain")).path == "local"
    assert one(everywhere, pax({b"path": b""}), header(b"plain")).path == "plain"
    assert [entry.path for entry in entries(here, header(b"a"), header(b"b"))] == ["local", "b"]


def test_records_of_pax() -> None:
    records = {
        b"uid": b"5000000000",
        b"gid": b"-2",
        b"uname": "usér".encode(),
        b"gname": b"grp",
        b"mtime": b"-1.5",
        b"linkpath": b"t" * 200,
        b"LIBARCHIVE.creationtime": b"1",
        b"SCHILY.xattr.user.b": b"\0\1=\n",
        b"SCHILY.xattr.user.a": b"",
        b"LIBARCHIVE.xattr.user.c%20d": base64.b64encode(b"c").rstrip(b"="),
    }
    entry = one(pax(records), header(kind=b"2", link=b"t"))
    assert (entry.uid, entry.gid, entry.uname, entry.gname) == (5_000_000_000, -2, "usér", "grp")
    assert (entry.mtime_ns, entry.link_target) == (-1_500_000_000, "t" * 200)
    assert entry.xattrs == (("user.a", b""), ("user.b", b"\0\1=\n"), ("user.c d", b"c"))


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        (b"0", 0),
        (b"1.", 10**9),
        (b".5", 5 * 10**8),
        (b"1.000000001", 10**9 + 1),
        (b"1.0000000019999", 10**9 + 1),
        (b"-0.1", -(10**8)),
        (b"-1.0000000001", -(10**9) - 1),
        (b"1700000000.123456789", 1_700_000_000_123_456_789),
    ],
)
def test_times_of_pax_are_rounded_down_to_nanoseconds(text: bytes, nanoseconds: int) -> None:
    assert one(pax({b"mtime": text}), header()).mtime_ns == nanoseconds


def test_the_size_of_pax_is_that_of_the_data() -> None:
    first, second = entries(pax({b"size": b"3"}), header(size=0) + padded(b"abc"), member(b"next", b"x"))
    assert (first.size, first.content) == (3, blake3(b"abc").digest())
    assert second.path == "next"


@pytest.mark.parametrize("kind", [b"1", b"2", b"3", b"4", b"5", b"6"])
@pytest.mark.parametrize("records", [b"", pax({b"size": b"700"})])
def test_links_directories_and_devices_have_no_data_whatever_their_size_says(kind: bytes, records: bytes) -> None:
    found = entries(header(b"d/", kind=b"5"), records + header(b"d/x", kind=kind, size=700), member(b"next"))
    assert [entry.path for entry in found] == ["d", "d/x", "next"]
    assert found[1].size == 0


def test_devices_fifos_and_contiguous_files() -> None:
    found = entries(
        header(b"c", kind=b"3", device=(1, 3)),
        header(b"b", kind=b"4", device=(8, 0)),
        header(b"p", kind=b"6"),
        member(b"f", b"abc", kind=b"7"),
    )
    assert [(entry.kind, entry.device) for entry in found] == [
        (EntryKind.CHAR_DEVICE, (1, 3)),
        (EntryKind.BLOCK_DEVICE, (8, 0)),
        (EntryKind.FIFO, None),
        (EntryKind.FILE, None),
    ]


def test_volume_labels_are_skipped_dumpdirs_are_directories_and_unknown_types_files() -> None:
    members = (
        header(b"label", kind=b"V", magic=GNU),
        member(b"rest", b"x" * 600, kind=b"M", magic=GNU),
        member(b"dump/", b"Yname\0\0", kind=b"D", magic=GNU),
        member(b"odd", b"abc", kind=b"Q"),
    )
    assert [(entry.path, entry.kind) for entry in entries(*members)] == [
        ("dump", EntryKind.DIRECTORY),
        ("odd", EntryKind.FILE),
    ]
    assert codes(*members) == ["skipped-member", "skipped-member", "unknown-member-type"]


def test_a_name_that_is_not_utf_8_is_kept_byte_for_byte() -> None:
    for entry in (
        one(header(b"a\xff\xfeb")),
        one(pax({b"path": b"a\xff\xfeb"}), header()),
        one(long_name(b"a\xff\xfeb"), header()),
    ):
        assert entry.path.encode("utf-8", "surrogateescape") == b"a\xff\xfeb"


def test_a_tar_may_lack_its_end_and_have_more_after_it() -> None:
    assert [entry.path for entry in scan(header(b"f")).entries] == ["f"]
    assert [entry.path for entry in scan(header(b"f") + bytes(512)).entries] == ["f"]
    assert scan(b"").entries == []
    after = scan(tar(header(b"f")) + header(b"hidden"))
    assert [entry.path for entry in after.entries] == ["f"]
    assert [notice.code for notice in after.notices.freeze()] == ["trailing-data"]


def test_gnu_tar_lists_the_same_names_and_sizes(tmp_path: Path) -> None:
    """A judge for the raw headers that tarfile reads in its own way."""
    version = subprocess.run(["tar", "--version"], capture_output=True).stdout
    if b"GNU tar" not in version:
        pytest.skip("GNU tar judges these")
    members = [
        header(b"name", magic=b"ustar\0\0\0", prefix=b"a/b"),
        header(b"old", magic=GNU, prefix=octal(7, 12)),
        pax({b"path": b"global"}, kind=b"g") + long_name(b"gnu") + header(b"plain"),
        pax({b"path": b"local"}) + long_name(b"gnu") + header(b"plain"),
        member(b"odd", b"abc", kind=b"Q"),
        old_gnu(RUNS),
        pax_0_1(RUNS),
        pax_1_0(RUNS),
    ]
    path = tmp_path / "x.tar"
    for data in map(tar, members):
        path.write_bytes(data)
        listed = subprocess.run(["tar", "--quoting-style=literal", "-tf", path], capture_output=True, text=True).stdout
        assert listed.split() == [entry.path for entry in scan(data).entries]
        member_size = subprocess.run(["tar", "-tvf", path], capture_output=True, text=True).stdout.split()[2]
        assert int(member_size) == scan(data).entries[0].size
