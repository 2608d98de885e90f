"""Decompression alone: any chunk size gives the same bytes, and damage is always one of our errors."""

from __future__ import annotations

import contextlib
import gzip
import io
import random

import pytest

from ocianalyze.blobs.decompress import CHUNK, MEMBER, Growth, inflate, sniff
from ocianalyze.blobs.zstdlib import zstd
from ocianalyze.errors import CorruptLayerError, LimitExceededError, OcianalyzeError, UnsupportedCompressionError
from tests.compressing import COMPRESS, gzipped, in_parts, skippable, zstd_compressed
from tests.loading.loader import complaint
from tests.tar_builders import layer_tar

PLAIN = random.Random(3).randbytes(9000) + bytes(50_000) + b"text " * 3000
COMPRESSED = {name: compress(PLAIN) for name, compress in COMPRESS.items() if name != "none"}
STREAMS = {
    **COMPRESSED,
    "gzip members": in_parts(gzipped, PLAIN, 7),
    "zstd frames": skippable() + in_parts(zstd_compressed, PLAIN, 7) + skippable(b""),
    "xz streams": in_parts(COMPRESS["xz"], PLAIN),
    "bzip2 streams": in_parts(COMPRESS["bzip2"], PLAIN),
    "gzip with a name": b"",
}


def _named() -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(filename="layer.tar", mode="wb", fileobj=out, mtime=5) as file:
        file.write(PLAIN)
    return out.getvalue()


STREAMS["gzip with a name"] = _named()


def run(data: bytes, chunk: int = 1 << 16, trailing: list[str] | None = None) -> bytes:
    heard = [] if trailing is None else trailing
    chunks = (data[at : at + chunk] for at in range(0, len(data), chunk))
    pieces = list(inflate(chunks, sniff(data[:512]), on_trailing=heard.append))
    assert all(0 < len(piece) <= CHUNK for piece in pieces)
    return b"".join(pieces)


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 5, 511, 4096, 1 << 20])
def test_any_chunk_size_gives_the_same_bytes(name: str, chunk: int) -> None:
    heard: list[str] = []
    assert run(STREAMS[name], chunk, heard) == PLAIN
    assert heard == []


@pytest.mark.parametrize("name", COMPRESSED)
@pytest.mark.parametrize("tail", [b"\0", b"\0" * 5000, b"j", b"junk!", b"\0\0\0\0\0junk"])
@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_what_follows_the_last_stream(name: str, tail: bytes, chunk: int) -> None:
    heard: list[str] = []
    assert run(COMPRESSED[name] + tail, chunk, heard) == PLAIN
    assert heard == ["zeros"] * (tail[:1] == b"\0") + ["data"] * (tail[-1:] != b"\0")


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_zeros_between_members_are_passed_over_and_said_once(chunk: int) -> None:
    heard: list[str] = []
    assert run((gzipped(PLAIN) + bytes(600)) * 3, chunk, heard) == PLAIN * 3
    assert heard == ["zeros"]


@pytest.mark.parametrize("name", COMPRESSED)
def test_a_stream_that_inflates_far_comes_in_bounded_pieces(name: str) -> None:
    zeros = bytes(20 << 20)
    assert run(COMPRESS[name](zeros)) == zeros


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_cut_anywhere_ends_early_or_between_members(name: str) -> None:
    data = STREAMS[name]
    for size in [*range(1, 40), *range(40, len(data), 97), len(data) - 1]:
        if sniff(data[:size]) == "none":
            continue
        try:
            assert PLAIN.startswith(run(data[:size]))
        except CorruptLayerError as error:
            assert "early" in str(error)  # noqa: PT017 - a cut between members is fine


@pytest.mark.parametrize("name", STREAMS)
def test_a_flipped_byte_is_found_or_harmless(name: str) -> None:
    data = bytearray(STREAMS[name])
    chosen = random.Random(name).sample(range(4, len(data)), 250)
    survived = 0
    for at in chosen:
        data[at] ^= 1 << at % 8
        with contextlib.suppress(OcianalyzeError):
            survived += run(bytes(data)) != PLAIN
        data[at] ^= 1 << at % 8
    if name in ("gzip", "gzip members", "bzip2", "xz", "xz streams"):
        assert survived <= 3  # a flip in a later member's magic number turns it into trailing data


def test_compressions_are_told_by_their_first_bytes() -> None:
    for name, data in COMPRESSED.items():
        assert sniff(data[:512]) == name
    assert sniff(skippable()) == "zstd"
    assert sniff(b"") == sniff(b"\x1f") == sniff(bytes(512)) == "none"
    assert sniff(layer_tar(("BZh91AY", b""))) == "none"
    for data in (b"\x04\x22\x4d\x18" + bytes(600), b"PK\x03\x04" + bytes(600)):
        with complaint(UnsupportedCompressionError, "not read"):
            run(data)


@pytest.mark.parametrize(
    ("name", "words"),
    [("gzip", "incorrect checksum"), ("zstd", "corrupt"), ("bzip2", "invalid data"), ("xz", "corrupt input")],
)
def test_damage_is_told_in_words(name: str, words: str) -> None:
    data = bytearray(COMPRESSED[name])
    at = {"gzip": -6, "zstd": 12}.get(name, len(data) // 2)
    data[at] ^= 255
    with complaint(CorruptLayerError, f"not a valid {name} stream (", words):
        run(bytes(data))


def test_a_zstd_window_that_takes_too_much_memory_is_refused() -> None:
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 28})
    with complaint(LimitExceededError, "window of more than 128 MiB", "zstd --long=27"):
        run(compressor.compress(bytes(1 << 20)) + compressor.flush())


def test_a_bomb_is_stopped_by_its_ratio_once_it_is_past_what_is_free() -> None:
    def pieces(free: int, ratio: int) -> int:
        growth = Growth(stored=lambda: 1000, free=free, ratio=ratio)
        return sum(map(len, growth.bounded([bytes(1000)] * 100)))

    assert pieces(free=100_000, ratio=1) == 100_000
    assert pieces(free=0, ratio=100) == 100_000
    with complaint(LimitExceededError, "1,000 bytes inflate", "over 99 times"):
        pieces(free=99_999, ratio=99)


@pytest.mark.parametrize("name", [name for name in COMPRESSED if name != "none"])
def test_members_without_content_count_too(name: str) -> None:
    def read(members: int) -> None:
        growth = Growth(stored=lambda: 1, free=100 * MEMBER, ratio=1)
        data = COMPRESS[name](b"") * members
        assert not list(growth.bounded(inflate([data], name, on_trailing=lambda _: None, on_member=growth.member)))

    read(100)
    with complaint(LimitExceededError, "16,384 for each of 101 members", "over 1 times"):
        read(101)
