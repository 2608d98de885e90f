"""The wire form: every field comes back as it was, and nothing is made of other bytes."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.loading.wire import DamagedError, pack, unpack
from ocianalyze.model.digest import DiffID
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.finding import Finding, FoundBy, Level
from ocianalyze.model.scanned import ScannedLayer
from tests.builders import directory, file, hardlink, opaque, symlink, whiteout

# What PAX records may say: any number, and names with whatever bytes, NUL and those of surrogates included.
NUMBERS = st.integers(-(1 << 80), 1 << 80) | st.integers(0, 300)
NAMES = st.text(st.characters() | st.sampled_from("\0/\udc80\udcff\ud83d\udca9é"), max_size=12)
DIGESTS = st.binary(min_size=32, max_size=32) | st.binary(max_size=3)
PAIRS = st.tuples(NUMBERS, NUMBERS)

ENTRIES = st.builds(
    Entry,
    path=NAMES,
    kind=st.sampled_from(EntryKind),
    size=NUMBERS,
    mode=st.integers(0, 0o7777),
    uid=NUMBERS,
    gid=NUMBERS,
    mtime_ns=NUMBERS,
    link_target=NAMES,
    content=st.none() | DIGESTS,
    xattrs=st.lists(st.tuples(NAMES, st.binary(max_size=9)), max_size=3).map(tuple),
    device=st.none() | PAIRS,
    uname=NAMES,
    gname=NAMES,
    offset=NUMBERS,
    sparse=st.none() | st.lists(PAIRS, max_size=3).map(tuple),
)
NOTICES = st.builds(
    Finding,
    code=st.sampled_from(["trailing-data", "path-clamped"]),
    message=NAMES,
    level=st.sampled_from(Level),
    found_by=st.sampled_from(FoundBy),
    layer=st.none() | st.integers(0, 9),
    paths=st.lists(NAMES, max_size=2).map(tuple),
)
LAYERS = st.builds(
    ScannedLayer,
    compression=st.sampled_from(["none", "gzip"]),
    tar_size=st.integers(0, 1 << 62),
    diff_id=st.none() | st.just(DiffID("sha256:" + "1" * 64)),
    entries=st.lists(ENTRIES, max_size=8).map(tuple),
    notices=st.lists(NOTICES, max_size=3).map(tuple),
    spent_entries=st.integers(0, 1 << 40),
    spent_bytes=st.integers(0, 1 << 60),
)

USUAL = ScannedLayer(
    compression="gzip",
    tar_size=99,
    diff_id=DiffID("sha256:" + "a" * 64),
    entries=(
        directory("etc"),
        file("etc/a", 5),
        hardlink("etc/b", "etc/a"),
        symlink("c", "a"),
        whiteout("d"),
        opaque(""),
    ),
    notices=(Finding(code="trailing-data", message="there is more", paths=("x",)),),
    spent_entries=6,
    spent_bytes=7,
)


@given(LAYERS)
def test_every_field_comes_back(layer: ScannedLayer) -> None:
    again = unpack(pack(layer))
    assert again == layer
    assert all(type(entry) is Entry for entry in again.entries)
    for entry, twin in zip(again.entries, layer.entries, strict=True):
        assert list(map(type, entry)) == list(map(type, twin))
    assert [type(notice.paths) for notice in again.notices] == [tuple] * len(layer.notices)


def test_the_usual_layer_comes_back() -> None:
    assert unpack(pack(USUAL)) == USUAL
    assert unpack(pack(USUAL)).diff_id.algorithm == "sha256"  # type: ignore[union-attr]


def test_a_finding_that_no_scan_notes_is_refused() -> None:
    layer = ScannedLayer(
        compression="none",
        tar_size=0,
        diff_id=None,
        entries=(),
        notices=(Finding(code="a", message="b", remedy="squash"),),
    )
    with pytest.raises(TypeError, match="squash"):
        pack(layer)


@pytest.mark.parametrize("seed", range(300))
def test_other_bytes_are_no_layer_or_a_whole_one(seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(pack(USUAL))
    for _ in range(rng.randint(1, 3)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    del data[rng.choice([len(data), rng.randrange(len(data))]) :]
    try:
        layer = unpack(bytes(data))
    except DamagedError:
        return
    assert all(len(entry) == len(Entry._fields) for entry in layer.entries)
    assert {type(entry.path) for entry in layer.entries} <= {str}


def test_a_claim_of_many_entries_takes_no_memory() -> None:
    import msgspec

    def claim(value: Any) -> bytes:
        value[5][0] = 1 << 40
        return msgspec.msgpack.encode(value)

    with pytest.raises(DamagedError):
        unpack(claim(msgspec.msgpack.decode(pack(USUAL))))
