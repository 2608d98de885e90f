"""Tar members by raw headers, which tarfile cannot judge: every dialect, number, long name and extended header."""

from __future__ import annotations

import base64

import pytest
from blake3 import blake3

from ocianalyze.model.entry import EntryKind
from tests.tar.scanning import codes, entries, one, scan
from tests.tar_builders import GNU, V7, base256, header, long_name, member, octal, padded, pax, tar


def test_a_v7_header_has_no_names_of_owners_and_no_prefix() -> None:
    entry = one(member(b"old", b"data", magic=V7, uname=b"junk", prefix=b"junk", kind=b"\0"))
    assert (entry.path, entry.kind, entry.size, entry.uname) == ("old", EntryKind.FILE, 4, "")


def test_an_old_directory_is_told_by_its_slash() -> None:
    found = entries(header(b"d/", magic=V7, kind=b"\0", size=1), member(b"next"))
    assert [(entry.path, entry.kind) for entry in found] == [("d", EntryKind.DIRECTORY), ("next", EntryKind.FILE)]
    assert one(pax({b"path": b"d/"}), header(b"cut", kind=b"\0")).kind is EntryKind.DIRECTORY


def test_a_slash_makes_no_directory_of_a_regular_file() -> None:
    found = entries(member(b"etc/cron.d/job/", b"* * * * * root", kind=b"0"), member(b"next"))
    assert [(entry.path, entry.kind, entry.size) for entry in found] == [
        ("etc/cron.d/job", EntryKind.FILE, 14),
        ("next", EntryKind.FILE, 0),
    ]


@pytest.mark.parametrize("version", [b"00", b"\0\0", b"  "])
def test_the_prefix_counts_whatever_the_version_of_ustar(version: bytes) -> None:
    assert one(header(b"name", magic=b"ustar\0" + version, prefix=b"a/b")).path == "a/b/name"
    known = entries(
        header(b"a/b/", kind=b"5"), header(b"a/b/x"), header(b"x", prefix=b"a/b", magic=b"ustar\0" + version)
    )
    assert [entry.path for entry in known] == ["a/b", "a/b/x", "a/b/x"]


@pytest.mark.parametrize(
    ("rest", "path"),
    [
        (octal(1234567, 12), "name"),
        (octal(1, 12) + octal(2, 12) + b"junk", "name"),
        (base256(-5, 12), "name"),
        (b"usr/lib/node_modules/x", "usr/lib/node_modules/x/name"),
        (octal(1, 12) + b"x/y", "00000000001/name"),
        (b"d/\xc3\xa9", "name"),
        (bytes(12) + b"junk", "name"),
    ],
)
def test_gnus_own_magic_keeps_times_where_go_before_1_8_wrote_a_prefix(rest: bytes, path: str) -> None:
    """golang/go#12594, golang/go#21005: what is no time, and is ASCII, is a prefix."""
    assert one(header(b"name", magic=GNU, prefix=rest)).path == path
    known = entries(header(f"{path}/..".encode(), kind=b"5"), header(b"name", magic=GNU, prefix=rest))
    assert known[-1].path == path


def test_the_prefix_of_star_is_shorter() -> None:
    rest = b"p".ljust(131, b"\0") + octal(1, 12) + octal(2, 12) + bytes(8) + b"tar\0"
    assert one(header(b"name", prefix=rest)).path == "p/name"
    assert one(header(b"name", prefix=b"p" * 131 + rest[131:])).path == "p" * 131 + "/name"


def test_a_checksum_of_signed_bytes_is_read_too() -> None:
    block = bytearray(header(b"\xc3\xa9t\xc3\xa9"))
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(byte - 256 if byte > 127 else byte for byte in block)
    assert one(bytes(block)).path == "été"


@pytest.mark.parametrize(
    "field",
    [
        *(b"0000644\0", b"644 \0", b"   644 \0", b"0000644 ", b"644", b" 644 \0\0\0"),
        *(b"\x00644", b"\0\x00644", b" \x00644", b"\0 0644 \0", b"644\0junk"),
    ],
)
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


def test_a_long_name_of_gnu_beats_the_last_pax_header_and_that_the_header() -> None:
    here, gnu = pax({b"path": b"local"}), long_name(b"gnu")
    assert one(gnu, header(b"plain")).path == "gnu"
    assert one(here, header(b"plain")).path == "local"
    assert one(here, gnu, header(b"plain")).path == "gnu"
    assert one(gnu, here, header(b"plain")).path == "gnu"
    assert one(here, long_name(b""), header(b"plain")).path == "local"
    assert one(gnu, pax({b"path": b""}), header(b"plain")).path == "gnu"
    assert [entry.path for entry in entries(here, header(b"a"), header(b"b"))] == ["local", "b"]
    assert one(long_name(b"first"), long_name(b"second"), header(b"plain")).path == "second"


def test_of_several_pax_headers_the_last_alone_counts() -> None:
    first, last = pax({b"path": b"first", b"uid": b"5"}), pax({b"gid": b"6"})
    entry = one(first, last, header(b"f"))
    assert (entry.path, entry.uid, entry.gid) == ("f", 0, 6)
    assert one(first, pax({}), header(b"f")).path == "f"


def test_an_empty_record_changes_nothing() -> None:
    records = dict.fromkeys((b"path", b"linkpath", b"uname", b"gname", b"uid", b"gid", b"size", b"mtime"), b"")
    entry = one(pax(records), member(b"f", b"abc", uid=7, uname=b"u", mtime=8))
    assert (entry.path, entry.uid, entry.uname, entry.size, entry.mtime_ns) == ("f", 7, "u", 3, 8 * 10**9)
    assert one(pax([(b"path", b"one"), (b"path", b"")]), header(b"f")).path == "f"


def test_a_global_header_changes_no_member_and_takes_what_stands_before_it_with_it() -> None:
    everywhere = pax({b"size": b"3", b"path": b"global", b"uid": b"5", b"SCHILY.xattr.user.a": b"1"}, kind=b"g")
    entry = one(everywhere, member(b"f", b"hello"))
    assert (entry.path, entry.uid, entry.size, entry.xattrs) == ("f", 0, 5, ())
    assert one(pax({b"path": b"local"}), pax({}, kind=b"g"), header(b"f")).path == "f"
    assert one(long_name(b"gnu"), pax({}, kind=b"g"), header(b"f")).path == "f"
    assert one(pax({}, kind=b"g"), pax({b"path": b"local"}), header(b"f")).path == "local"


def test_records_of_pax() -> None:
    records = {
        b"uid": b"5000000000",
        b"gid": b"-2",
        b"LIBARCHIVE.xattr.user.b": base64.b64encode(b"other"),
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
    assert entry.xattrs == (("user.a", b""), ("user.b", b"\0\1=\n"))


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        (b"0", 0),
        (b"1.", 10**9),
        (b"+1.5", 15 * 10**8),
        (b"0000000000000000000000007", 7 * 10**9),
        (b"1.000000001", 10**9 + 1),
        (b"1.0000000019999", 10**9 + 1),
        (b"-0.1", -(10**8)),
        (b"-0.0000000001", 0),
        (b"-1.0000000019", -(10**9) - 1),
        (b"1700000000.123456789", 1_700_000_000_123_456_789),
    ],
)
def test_times_of_pax_are_cut_to_nanoseconds(text: bytes, nanoseconds: int) -> None:
    assert one(pax({b"mtime": text}), header()).mtime_ns == nanoseconds


def test_the_size_of_pax_is_that_of_the_data() -> None:
    first, second = entries(pax({b"size": b"3"}), header(size=0) + padded(b"abc"), member(b"next", b"x"))
    assert (first.size, first.content) == (3, blake3(b"abc").digest())
    assert second.path == "next"
    long = one(pax({b"size": b"3".zfill(24)}), header(size=0) + padded(b"abc"))
    assert (long.size, long.content) == (3, blake3(b"abc").digest())


@pytest.mark.parametrize("kind", [b"1", b"2", b"3", b"4", b"5", b"6"])
@pytest.mark.parametrize("records", [b"", pax({b"size": b"700"})])
def test_links_directories_and_devices_have_no_data_whatever_their_size_says(kind: bytes, records: bytes) -> None:
    for size in (700, base256(-5, 12)):
        found = entries(header(b"d/", kind=b"5"), records + header(b"d/x", kind=kind, size=size), member(b"next"))
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
        member(b"solaris", b"junk", kind=b"X"),
        member(b"rest", b"x" * 600, kind=b"M", magic=GNU),
        member(b"dump/", b"Yname\0\0", kind=b"D", magic=GNU),
        member(b"odd", b"abc", kind=b"Q"),
    )
    assert [(entry.path, entry.kind) for entry in entries(*members)] == [
        ("dump", EntryKind.DIRECTORY),
        ("odd", EntryKind.FILE),
    ]
    assert codes(*members) == ["refused"] * 5


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


@pytest.mark.parametrize("chunk", [1, 100, 512, 700, 4096])
def test_half_an_end_is_what_runtimes_refuse(chunk: int) -> None:
    def found(end: bytes) -> list[str]:
        data = header(b"f") + end
        chunks = [data[at : at + chunk] for at in range(0, len(data), chunk)]
        return [notice.code for notice in scan(*chunks).notices.freeze()]

    assert found(bytes(512) + header(b"hidden")) == ["refused", "trailing-data"]
    assert found(bytes(500)) == ["refused"]
    assert found(bytes(700)) == ["refused"]
    for whole in (b"", bytes(512), bytes(1024), bytes(1100), bytes(10240)):
        assert found(whole) == []
