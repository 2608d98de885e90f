"""Hostile tar headers, in a layer and in the archive itself."""

from __future__ import annotations

import pytest

from ocianalyze.errors import ArchiveError, CorruptLayerError, LimitExceededError
from ocianalyze.model.finding import Level
from tests.archive_builders import docker_files, pack
from tests.compressing import gzipped
from tests.loading.loader import Loader, complaint
from tests.loading.samples import BASE, with_layer
from tests.tar.scanning import scan
from tests.tar_builders import V7, base256, header, member, pax, tar


def _huge(value: int) -> bytes:
    return base256(value, 12)


HEADERS: dict[str, tuple[bytes, str]] = {
    "size 2^80": (header(size=_huge(2**80)), "is damaged: its size has"),
    "size 2^63": (header(size=_huge(2**63)), "is damaged: its size has"),
    "size 2^62": (header(size=_huge(2**62)), "the tar ends early"),
    "negative size": (header(size=_huge(-512)), "a negative size"),
    "PAX size 10^18": (pax({b"size": b"%d" % 10**18}) + header(), "the tar ends early"),
    "PAX size of 25 digits": (pax({b"size": b"9" * 25}) + header(), "where a number belongs"),
    "PAX size negative": (pax({b"size": b"-5"}) + header(), "where a number belongs"),
    "size of no number": (header(size=b"0000000000z"), "where a number belongs"),
    "size with a digit 9": (header(size=b"00000000019"), "where a number belongs"),
    "no checksum": (header(checksum=bytes(8)), "the checksum is wrong"),
    "checksum of no number": (header(checksum=b"zzzzzz\0 "), "the checksum is wrong"),
    "wrong checksum": (header(checksum=b"000001\0 "), "the checksum is wrong"),
    "long name of 2^70 bytes": (header(b"././@LongLink", kind=b"L", size=_huge(2**70)), "is damaged: its size has"),
    "PAX header of 2^60 bytes": (header(b"p", kind=b"x", size=_huge(2**60)), "is damaged: it announces"),
    "PAX header of 8 GiB": (header(b"p", kind=b"x", size=b"7" * 11), "is damaged: it announces 8,589,934,591 bytes"),
    "PAX header of 5 MB": (header(b"p", kind=b"x", size=5_000_000), "more than 4,194,304 bytes"),
    "header of garbage, as libarchive's issue 12435 has it": (
        header(bytes(100), kind=b"K", magic=V7, mode=b"\xff\1", size=b"\x97", mtime=bytes(12)),
        "is damaged: its size has",
    ),
    "PAX header with a negative size": (header(b"p", kind=b"x", size=_huge(-1)), "a negative size"),
    "PAX record without a length": (
        member(b"p", b"path=x\n", kind=b"x") + header(),
        "a malformed record at its byte 0",
    ),
    "PAX record of length 0": (member(b"p", b"0 path=x\n", kind=b"x") + header(), "a malformed record at its byte 0"),
    "PAX record of length 1": (member(b"p", b"1 a=b\n", kind=b"x") + header(), "a malformed record at its byte 0"),
    "PAX record that is too long": (
        member(b"p", b"99 path=x\n", kind=b"x") + header(),
        "a malformed record at its byte 0",
    ),
    "PAX record of endless length": (
        member(b"p", b"9" * 5000 + b" path=x\n", kind=b"x") + header(),
        "a malformed record at its byte 0",
    ),
    "PAX record without an equals sign": (
        member(b"p", b"8 pathx\n", kind=b"x") + header(),
        "a malformed record at its byte 0",
    ),
    "PAX record without a newline": (
        member(b"p", b"9 path=xy", kind=b"x") + header(),
        "a malformed record at its byte 0",
    ),
}


REFUSED: dict[str, tuple[bytes, str]] = {
    "mode of no number": (header(mode=b"abc", kind=b"5"), "the mode in the tar header at byte 0 has b'abc"),
    "time of no number": (header(mtime=b"abc"), "the mtime in the tar header at byte 0 has b'abc"),
    "user past 64 bits": (header(mtime=_huge(2**80)), "where a number belongs"),
    "device of no number": (header(over={329: b"abc"}), "the major in the tar header at byte 0 has b'abc"),
    "time of star of no number": (
        header(prefix=b"p" * 140 + bytes(23) + b"tar\0"),
        "the tar header at byte 0 has b'ppppppppp\\x00\\x00\\x00' where a time belongs",
    ),
    "PAX time of no number": (pax({b"mtime": b"yesterday"}) + header(), "b'yesterday' for 'mtime'"),
    "PAX time of two points": (pax({b"mtime": b"1.2.3"}) + header(), "b'1.2.3' for 'mtime'"),
    "PAX time without whole seconds": (pax({b"mtime": b".5"}) + header(), "b'.5' for 'mtime'"),
    "PAX time without end": (pax({b"mtime": b"9" * 5000}) + header(), "b'999"),
    "PAX time of access of no number": (pax({b"atime": b"x"}) + header(), "b'x' for 'atime'"),
    "PAX user of no number": (pax({b"uid": b"root"}) + header(), "b'root' for 'uid'"),
    "PAX user minus nothing": (pax({b"uid": b"-"}) + header(), "b'-' for 'uid'"),
    "PAX key with a NUL": (pax({b"SCHILY.xattr.a\0b": b"v"}) + header(), "has a NUL in the key"),
    "PAX path with a NUL": (pax({b"path": b"f\0b"}) + header(), "has a NUL in its path"),
    "PAX header padded with NULs": (
        member(b"p", b"10 path=f\n" + bytes(8), kind=b"x") + header(),
        "bytes after its records",
    ),
    "name of a sparse file with a NUL": (
        pax(
            {b"GNU.sparse.name": b"f\0b", b"GNU.sparse.map": b"0,3", b"GNU.sparse.numblocks": b"1"},
        )
        + member(b"f", b"abc"),
        "a NUL in the name of a sparse file",
    ),
    "runs that are not counted": (pax({b"GNU.sparse.map": b"0,3"}) + member(b"f", b"abc"), "does not count the runs"),
    "runs that leave data out": (
        pax({b"GNU.sparse.map": b"0,2", b"GNU.sparse.numblocks": b"1"}) + member(b"f", b"abc"),
        "leaves out some of what is stored",
    ),
    "sparse directory": (
        pax({b"GNU.sparse.map": b"0,2", b"GNU.sparse.numblocks": b"1"}) + header(kind=b"5"),
        "makes a sparse file of what has no data",
    ),
    "extended header of a megabyte": (pax({b"comment": b"x" * (1 << 20)}) + header(), "longer than 1,048,576 bytes"),
    "contiguous file": (member(b"f", b"abc", kind=b"7"), "tar type b'7' (a contiguous file) is read as a regular file"),
    "unknown type": (member(b"f", b"abc", kind=b"Q"), "tar type b'Q' (unknown) is read as a regular file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_runtimes_refuse_and_can_be_read_is_read_and_said(case: str) -> None:
    """umoci 0.4.7 refuses each of them."""
    block, words = REFUSED[case]
    found = scan(tar(block, member(b"after")))
    assert [entry.path.rpartition("/")[2] for entry in found.entries] == ["f", "after"]
    [notice] = [notice for notice in found.notices.freeze() if notice.code != "readers-disagree"]
    assert (notice.code, notice.level) == ("refused", Level.ERROR)
    assert notice.message.startswith("runtimes refuse the layer: ")
    assert words in notice.message


@pytest.mark.parametrize("case", HEADERS)
def test_a_hostile_header_in_a_layer(load: Loader, case: str) -> None:
    block, words = HEADERS[case]
    for tar_data in (
        tar(member(b"d/", kind=b"5"), block),
        tar(block),
        tar(member(b"f", b"1" * 700), block, member(b"z")),
    ):
        for files in (docker_files(tar_data), with_layer(gzipped(tar_data), tar_data)):
            with pytest.raises((CorruptLayerError, LimitExceededError)) as caught:
                load(files)
            assert str(caught.value).startswith("layer ")
            assert words in str(caught.value)
            assert caught.value.suggestion


@pytest.mark.parametrize("case", HEADERS)
def test_a_hostile_header_in_the_archive(load: Loader, case: str) -> None:
    block, words = HEADERS[case]
    data = pack(docker_files(BASE))
    first = len(member(b"", b"1.0"))
    with pytest.raises((ArchiveError, LimitExceededError)) as caught:
        load(block + data)
    assert caught.value.suggestion
    with pytest.raises((ArchiveError, LimitExceededError)) as caught:
        load(data[:first] + block + data[first:])
    # What is as long as that has swallowed all that the archive held.
    assert ("no manifest.json" if words == "the tar ends early" else words) in str(caught.value)
    assert caught.value.suggestion


def test_an_error_names_the_lowest_layer_at_fault_whatever_the_timing(load: Loader) -> None:
    broken = tar(header(checksum=b"000001\0 "))
    slow = tar(member(b"big", bytes(8 << 20)), header(checksum=b"000001\0 "))
    for _ in range(3):
        with complaint(CorruptLayerError, "layer 1"):
            load(docker_files(BASE, slow, broken, broken + bytes(512)))
