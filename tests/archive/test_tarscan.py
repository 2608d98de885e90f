"""What tarfile cannot judge: every tar dialect by raw headers, markers, sparse maps, and hostile numbers."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from blake3 import blake3

from ocianalyze.errors import CorruptLayerError, LimitExceededError
from ocianalyze.model.entry import Entry, EntryKind
from tests.archive.loading import complaint, scan
from tests.tar_builders import GNU, V7, base256, header, long_name, member, octal, old_sparse, padded, pax, tar


def entries(*members: bytes) -> list[Entry]:
    """The entries of a layer of *members*; the same for the whole tar, for single bytes and for odd chunks."""
    data = tar(*members)
    whole = scan(data).entries
    assert scan(*(data[at : at + 1] for at in range(len(data)))).entries == whole
    assert scan(*(data[at : at + 700] for at in range(0, len(data), 700))).entries == whole
    return whole


def one(*members: bytes) -> Entry:
    [entry] = entries(*members)
    return entry


def codes(*members: bytes) -> list[str]:
    return [notice.code for notice in scan(tar(*members)).notices.freeze()]


# -- dialects ----------------------------------------------------------------------------------------------


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


# -- paths -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [b"./a/b", b"/a/b", b"a//b", b"a/./b", b"a/b/.", b"//a/b", b"././/a///b"])
def test_spellings_of_one_path(name: bytes) -> None:
    found = entries(header(b"a/", kind=b"5"), header(name), header(name))
    assert [entry.path for entry in found] == ["a", "a/b", "a/b"]


def test_the_root_itself_is_an_entry_with_an_empty_path() -> None:
    for name in (b"./", b"/", b".", b"//"):
        assert one(header(name, kind=b"5")).path == ""


def test_names_with_two_dots_stay_inside_and_each_is_noted() -> None:
    names = [b"../x", b"a/../../x", b"a/../b", b"a/../c"]
    found = entries(*map(header, names))
    assert [entry.path for entry in found] == ["x", "x", "b", "c"]
    assert codes(*map(header, names)) == ["path-clamped"] * 4


def test_hard_links_name_a_path_and_symlinks_keep_their_words() -> None:
    hard, soft = entries(header(b"h", kind=b"1", link=b"./a//b/"), header(b"s", kind=b"2", link=b"./a//b/"))
    assert (hard.link_target, soft.link_target) == ("a/b", "./a//b/")
    assert codes(header(b"h", kind=b"1", link=b"../../etc/passwd")) == ["path-clamped"]
    assert one(header(b"h", kind=b"1", link=b"../../etc/passwd")).link_target == "etc/passwd"


# -- markers -----------------------------------------------------------------------------------------------


def test_whiteouts_and_opaque_markers_of_any_type_and_place() -> None:
    found = entries(
        header(b"d/", kind=b"5"),
        header(b"d/plain"),
        header(b"d/.wh.gone"),
        header(b"d/.wh..wh..opq"),
        header(b".wh.top", kind=b"1", link=b"x"),
        header(b".wh..wh..opq"),
        member(b"d/.wh.full", b"data"),
        header(b"d/a.wh.b"),
        header(b"d/.wh"),
    )
    assert [(entry.kind, entry.path) for entry in found] == [
        (EntryKind.DIRECTORY, "d"),
        (EntryKind.FILE, "d/plain"),
        (EntryKind.WHITEOUT, "d/gone"),
        (EntryKind.OPAQUE, "d"),
        (EntryKind.WHITEOUT, "top"),
        (EntryKind.OPAQUE, ""),
        (EntryKind.WHITEOUT, "d/full"),
        (EntryKind.FILE, "d/a.wh.b"),
        (EntryKind.FILE, "d/.wh"),
    ]
    assert all(entry.size == 0 for entry in found)


def test_leftovers_of_aufs_and_bare_prefixes_are_noted_and_hide_nothing() -> None:
    names = [b".wh..wh.plnk/", b".wh..wh.aufs", b".wh..wh.orph", b"d/.wh.", b".wh..", b"d/.wh..."]
    assert entries(*map(header, names)) == []
    assert codes(*map(header, names)) == ["aufs-marker"] * 3 + ["empty-marker"] * 3


# -- sparse files ------------------------------------------------------------------------------------------

DATA = bytes(range(1, 201)) * 5
RUNS = [(100, 300), (1000, 500), (4000, 200)]
SIZE = 5000


def _whole(runs: list[tuple[int, int]] = RUNS, size: int = SIZE) -> bytes:
    out, stored = bytearray(size), 0
    for at, length in runs:
        out[at : at + length] = DATA[stored : stored + length]
        stored += length
    return bytes(out)


def _flat(runs: list[tuple[int, int]]) -> list[int]:
    return [number for run in runs for number in run]


def _pax_0_0(runs: list[tuple[int, int]], size: int = SIZE, data: bytes = DATA) -> bytes:
    records = [(b"GNU.sparse.size", b"%d" % size), (b"GNU.sparse.numblocks", b"%d" % len(runs))]
    for at, length in runs:
        records += [(b"GNU.sparse.offset", b"%d" % at), (b"GNU.sparse.numbytes", b"%d" % length)]
    return pax(records) + member(b"s", data)


def _pax_0_1(runs: list[tuple[int, int]], size: int = SIZE, data: bytes = DATA) -> bytes:
    numbers = ",".join(map(str, _flat(runs))).encode()
    records = {b"GNU.sparse.size": b"%d" % size, b"GNU.sparse.map": numbers, b"GNU.sparse.name": b"s"}
    return pax(records) + member(b"GNUSparseFile.0/s", data)


def _pax_1_0(runs: list[tuple[int, int]], size: int = SIZE, data: bytes = DATA) -> bytes:
    text = "".join(f"{number}\n" for number in [len(runs), *_flat(runs)]).encode()
    records = {b"GNU.sparse.major": b"1", b"GNU.sparse.minor": b"0", b"GNU.sparse.realsize": b"%d" % size}
    return pax({**records, b"GNU.sparse.name": b"s"}) + member(b"GNUSparseFile.0/s", padded(text) + data)


def _old(runs: list[tuple[int, int]], size: int = SIZE, data: bytes = DATA) -> bytes:
    return old_sparse(b"s", runs, size, data)


FORMATS = {"0.0": _pax_0_0, "0.1": _pax_0_1, "1.0": _pax_1_0, "old": _old}


@pytest.mark.parametrize("version", FORMATS)
def test_a_sparse_file_is_its_content_with_the_holes_filled(version: str) -> None:
    sparse, after = entries(FORMATS[version](RUNS), member(b"after", b"x"))
    assert (sparse.path, sparse.kind, sparse.size) == ("s", EntryKind.FILE, SIZE)
    assert sparse.content == blake3(_whole()).digest()
    assert sparse.sparse == tuple(RUNS)
    assert after.path == "after"


@pytest.mark.parametrize("version", FORMATS)
def test_a_sparse_file_of_many_runs(version: str) -> None:
    runs = [(number * 40, number % 10) for number in range(200)]
    entry = one(FORMATS[version](runs, 9000, DATA[: sum(length for _, length in runs)]))
    assert entry.content == blake3(_whole(runs, 9000)).digest()


@pytest.mark.parametrize("version", FORMATS)
def test_a_file_that_is_all_hole(version: str) -> None:
    for runs in ([], [(SIZE, 0)]):
        if version == "0.1" and not runs:
            continue  # an empty map cannot be told from a record that is taken back
        entry = one(FORMATS[version](runs, SIZE, b""))
        assert (entry.size, entry.content) == (SIZE, blake3(bytes(SIZE)).digest())


BAD_RUNS = {
    "overlapping": [(0, 300), (200, 300)],
    "out of order": [(1000, 100), (0, 100)],
    "past the end": [(4990, 100)],
    "far past the end": [(10**11 - 1, 1)],
    "more than is stored": [(0, 1001)],
}


@pytest.mark.parametrize("version", FORMATS)
@pytest.mark.parametrize("case", BAD_RUNS)
def test_a_hostile_sparse_map(version: str, case: str) -> None:
    with complaint(CorruptLayerError, "sparse map"):
        scan(tar(FORMATS[version](BAD_RUNS[case])))


def _raw_1_0(text: bytes, size: int | None = None) -> bytes:
    records = {b"GNU.sparse.major": b"1", b"GNU.sparse.minor": b"0", b"GNU.sparse.realsize": b"5"}
    return pax(records) + member(b"s", text, **({} if size is None else {"size": size}))


def _raw_pax(**records: bytes) -> bytes:
    return pax({b"GNU.sparse." + key.encode(): value for key, value in records.items()}) + member(b"s", DATA)


MALFORMED = {
    "1.0 without a map": _raw_1_0(b""),
    "1.0 with words": _raw_1_0(padded(b"one\n0\n0\n")),
    "1.0 with a minus": _raw_1_0(padded(b"1\n-1\n5\n")),
    "1.0 with an endless number": _raw_1_0(padded(b"9" * 3000 + b"\n")),
    "1.0 without an end": _raw_1_0(b"9" * 2048),
    "1.0 with a billion runs": _raw_1_0(padded(b"1000000000\n")),
    "1.0 with fewer runs than it says": _raw_1_0(padded(b"3\n0\n1\n")),
    "1.0 longer than its member": _raw_1_0(padded(b"100\n" + b"0\n0\n" * 50), size=512),
    "0.1 with words": _raw_pax(map=b"a,b", size=b"5"),
    "0.1 with an odd number": _raw_pax(map=b"0,1,2", size=b"5"),
    "0.1 with a minus": _raw_pax(map=b"-1,1", size=b"5"),
    "0.1 without a size": _raw_pax(map=b"0,1"),
    "0.0 with an offset alone": pax([(b"GNU.sparse.size", b"5"), (b"GNU.sparse.offset", b"0")]) + member(b"s"),
    "0.0 with words": pax([(b"GNU.sparse.offset", b"x"), (b"GNU.sparse.numbytes", b"0")]) + member(b"s"),
    "old with words": header(b"s", kind=b"S", magic=GNU, over={386: b"zzz", 398: b"zzz"}),
    "old with a negative size": header(b"s", kind=b"S", magic=GNU, over={483: base256(-5, 12)}),
    "old with a huge run": header(b"s", kind=b"S", magic=GNU, over={386: base256(2**80, 12), 398: octal(1, 12)}),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_sparse_header(case: str) -> None:
    with pytest.raises(CorruptLayerError) as caught:
        scan(tar(MALFORMED[case]))
    assert caught.value.hint


def test_an_old_sparse_map_that_never_ends() -> None:
    more = bytes(504) + b"\1" + bytes(7)
    first = header(b"s", kind=b"S", magic=GNU, over={482: b"\1", 483: octal(5, 12)})
    with complaint(CorruptLayerError, "middle of a header"):
        scan(first + more * 3)
    runs = (octal(0, 12) + octal(0, 12)) * 21
    with complaint(LimitExceededError, "runs", "--limit header="):
        scan(first, *[runs + b"\1" + bytes(7)] * 500, header=100_000)


def test_holes_past_a_limit_are_not_digested_one_by_one_or_together() -> None:
    big = 10**18
    found = entries(_pax_0_1([(0, 1000)], big), member(b"after"))
    assert (found[0].size, found[0].content) == (big, None)
    assert found[1].path == "after"
    assert codes(_pax_0_1([(0, 1000)], big)) == ["content-not-digested"]
    many = scan(tar(*[_pax_0_1([(0, 1000)], 500_000)] * 5), inflated=1_200_000)
    assert [entry.content is None for entry in many.entries] == [False, False, True, True, True]


def test_runs_of_a_sparse_map_count_as_entries() -> None:
    runs = [(number, 0) for number in range(4000)]
    with complaint(LimitExceededError, "more than 500 entries"):
        scan(tar(_pax_1_0(runs)), entries=500)


# -- bounds ------------------------------------------------------------------------------------------------


def test_a_million_notices_are_counted_and_not_kept() -> None:
    found = scan(tar(*[header(b"../x")] * 300)).notices.freeze()
    assert len(found) == 51
    assert found[-1].message == "250 more of this kind are not listed"


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
        _old(RUNS),
        _pax_0_1(RUNS),
        _pax_1_0(RUNS),
    ]
    path = tmp_path / "x.tar"
    for data in map(tar, members):
        path.write_bytes(data)
        listed = subprocess.run(["tar", "--quoting-style=literal", "-tf", path], capture_output=True, text=True).stdout
        assert listed.split() == [entry.path for entry in scan(data).entries]
        member_size = subprocess.run(["tar", "-tvf", path], capture_output=True, text=True).stdout.split()[2]
        assert int(member_size) == scan(data).entries[0].size
