"""Hostile tar headers, in a layer and in the archive itself."""

from __future__ import annotations

import pytest

from ocianalyze.errors import ArchiveError, CorruptLayerError, LimitExceededError
from tests.archive_builders import docker_files, pack
from tests.compressing import gzipped
from tests.loading.loader import Loader, complaint
from tests.loading.samples import BASE, with_layer
from tests.tar_builders import base256, header, member, pax, tar


def _huge(value: int) -> bytes:
    return base256(value, 12)


HEADERS: dict[str, tuple[bytes, str]] = {
    "size 2^80": (header(size=_huge(2**80)), "the tar ends early"),
    "size 2^63": (header(size=_huge(2**63)), "the tar ends early"),
    "negative size": (header(size=_huge(-512)), "a negative size"),
    "PAX size 10^18": (pax({b"size": b"%d" % 10**18}) + header(), "the tar ends early"),
    "PAX size of 25 digits": (pax({b"size": b"9" * 25}) + header(), "where a number belongs"),
    "PAX size negative": (pax({b"size": b"-5"}) + header(), "where a number belongs"),
    "size of no number": (header(size=b"0000000000z"), "where a number belongs"),
    "size with a digit 9": (header(size=b"00000000019"), "where a number belongs"),
    "mode of no number": (header(mode=b"abc", kind=b"5"), "where a number belongs"),
    "no checksum": (header(checksum=bytes(8)), "the checksum is wrong"),
    "checksum of no number": (header(checksum=b"zzzzzz\0 "), "the checksum is wrong"),
    "wrong checksum": (header(checksum=b"000001\0 "), "the checksum is wrong"),
    "long name of 2^70 bytes": (header(b"././@LongLink", kind=b"L", size=_huge(2**70)), "more than 4,194,304 bytes"),
    "PAX header of 2^70 bytes": (header(b"p", kind=b"x", size=_huge(2**70)), "more than 4,194,304 bytes"),
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
    "PAX time of no number": (pax({b"mtime": b"yesterday"}) + header(), "the time b'yesterday'"),
    "PAX time of two points": (pax({b"mtime": b"1.2.3"}) + header(), "the time b'1.2.3'"),
    "PAX time without end": (pax({b"mtime": b"9" * 5000}) + header(), "the time b'999"),
    "PAX user of no number": (pax({b"uid": b"root"}) + header(), "b'root' for 'uid'"),
    "PAX user minus nothing": (pax({b"uid": b"-"}) + header(), "b'' for 'uid'"),
}


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
