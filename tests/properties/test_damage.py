"""Damage of any kind gives one of our errors or the same image as before: no other exception, no other entries."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.errors import OcianalyzeError
from ocianalyze.loading.options import LoadOptions
from ocianalyze.model.entry import Entry
from ocianalyze.model.limits import ReadLimits
from ocianalyze.tar.budget import EntryBudget
from ocianalyze.tar.scanner import TarScanner
from tests.archive_builders import (
    Files,
    Layout,
    docker_25_files,
    docker_files,
    legacy_files,
    named,
    oci_files,
    pack,
    skopeo_dir_files,
)
from tests.compressing import gzipped, zstd_compressed
from tests.loading.loader import load_image
from tests.tar_builders import base256, header, info, layer_tar, long_name, member, old_sparse, pax, tar

SPARSE = pax({b"GNU.sparse.map": b"0,5,100,5", b"GNU.sparse.size": b"200"})
SPARSE_1_0 = pax({b"GNU.sparse.major": b"1", b"GNU.sparse.minor": b"0", b"GNU.sparse.realsize": b"9"})
ODD = tar(
    pax({b"comment": b"global", b"mtime": b"5"}, kind=b"g"),
    member(b"d/", kind=b"5"),
    member(b"d/file", b"content" * 50),
    long_name(b"n" * 300) + member(b"cut", b"x"),
    pax({b"path": b"p" * 200, b"SCHILY.xattr.user.a": b"1", b"mtime": b"1.5"}) + member(b"cut", b"y" * 600),
    SPARSE + member(b"s", b"0123456789"),
    SPARSE_1_0 + member(b"s1", b"1\n0\n9\n".ljust(512, b"\0") + b"123456789"),
    old_sparse(b"old", [(number * 20, 10) for number in range(30)], 700, b"z" * 300),
    header(b"big", uid=base256(2**40, 8)),
    header(b".wh.gone"),
    header(b"link", kind=b"1", link=b"d/file"),
)
PLAIN = layer_tar(("etc/os-release", b"ID=test\n"), info("bin"), ("bin/sh", b"#!" * 300))
TARS = (PLAIN, ODD)


def _platforms() -> Files:
    layout = Layout()
    image = layout.image(*TARS)
    return layout.files(named(layout.index(image, layout.attestation(image)), "1"))


ARCHIVES = {
    "docker": pack(docker_files(*TARS)),
    "docker 25": pack(docker_25_files(*TARS)),
    "docker legacy": pack(legacy_files(*TARS)),
    "oci gzip": pack(oci_files(*TARS)),
    "oci zstd": pack(oci_files(*TARS, compression="zstd")),
    "oci index": pack(_platforms()),
    "skopeo dir": pack(skopeo_dir_files(*TARS)),
    "outer gzip": gzipped(pack(oci_files(*TARS, compression="none"))),
    "outer zstd": zstd_compressed(pack(docker_files(*TARS))),
}


def _read(data: bytes, *, verify: bool = True) -> list[tuple[Entry, ...]] | None:
    """The entries of each layer of the archive *data*; None where it is refused in our own words."""
    with tempfile.NamedTemporaryFile(suffix=".tar") as file:
        Path(file.name).write_bytes(data)
        limits = ReadLimits(entries=100_000, inflated=32 << 20)
        try:
            image = load_image(file.name, options=LoadOptions(verify=verify, limits=limits))
        except OcianalyzeError as error:
            if not error.suggestion:
                raise
            return None
        return [layer.entries for layer in image.layers]


WHOLE = {name: _read(data) for name, data in ARCHIVES.items()}


def test_the_archives_are_whole_before_they_are_damaged() -> None:
    for name, layers in WHOLE.items():
        assert layers is not None, name
        assert [len(layer) for layer in layers] == [3, 10]


@st.composite
def _damaged(draw: st.DrawFn, name: str) -> bytes:
    data = bytearray(ARCHIVES[name])
    kind = draw(st.sampled_from(["flip", "byte", "cut", "drop", "double", "zero"]))
    at = draw(st.integers(0, len(data) - 1))
    length = draw(st.sampled_from([1, 8, 100, 512, 1024]))
    if kind == "flip":
        data[at] ^= 1 << draw(st.integers(0, 7))
    elif kind == "byte":
        data[at] = draw(st.sampled_from([0, 0x2F, 0x2E, 0x30, 0x37, 0x39, 0x80, 0xFF]))
    elif kind == "cut":
        del data[at:]
    elif kind == "drop":
        del data[at : at + length]
    elif kind == "double":
        data[at:at] = data[at : at + length]
    else:
        data[at : at + length] = bytes(len(data[at : at + length]))
    return bytes(data)


# The oldest form has no digests, so a changed byte of content is a changed file and nothing can tell.
@pytest.mark.parametrize("name", [name for name in ARCHIVES if name != "docker legacy"])
def test_a_damaged_archive_is_refused_or_read_as_it_was(name: str) -> None:
    @settings(max_examples=60, deadline=None, database=None)
    @given(data=_damaged(name))
    def check(data: bytes) -> None:
        assert _read(data) in (None, WHOLE[name])

    check()


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_unverified_damaged_archive_is_refused_or_read(name: str) -> None:
    @settings(max_examples=40, deadline=None, database=None)
    @given(data=_damaged(name))
    def check(data: bytes) -> None:
        _read(data, verify=False)

    check()


def _scan(data: bytes, step: int) -> list[Entry] | None:
    limits = ReadLimits(entries=10_000, inflated=1 << 20)
    scanner = TarScanner(limits=limits, budget=EntryBudget(limits.entries))
    try:
        for at in range(0, len(data), step):
            scanner.feed(data[at : at + step])
        scanner.finish()
    except OcianalyzeError as error:
        if not error.suggestion:
            raise
        return None
    return scanner.entries


@settings(max_examples=300, deadline=None)
@given(
    edits=st.lists(st.tuples(st.integers(0, len(ODD) - 1), st.integers(0, 255)), min_size=1, max_size=3),
    step=st.sampled_from([1, 100, 513, 4096]),
    resum=st.booleans(),
)
def test_a_damaged_tar_reads_the_same_in_any_chunks(edits: list[tuple[int, int]], step: int, resum: bool) -> None:
    """With the checksums made right again, so that the damage reaches the fields."""
    data = bytearray(ODD)
    for at, value in edits:
        data[at] = value
        block = at - at % 512
        if resum and at % 512 < 345:
            data[block + 148 : block + 156] = b" " * 8
            data[block + 148 : block + 156] = b"%06o\0 " % sum(data[block : block + 512])
    assert _scan(bytes(data), step) == _scan(bytes(data), len(data))


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(0, 3000))
def test_noise_is_refused(seed: int, size: int) -> None:
    data = random.Random(seed).randbytes(size)
    assert not size or _scan(data, size) is None
    assert _read(data) is None
