"""Sparse files in every format: their content, hostile and malformed maps, and bounds."""

from __future__ import annotations

import pytest
from blake3 import blake3

from ocianalyze.errors import CorruptLayerError, LimitExceededError
from ocianalyze.model.entry import EntryKind
from tests.loading.loader import complaint
from tests.tar.scanning import codes, entries, one, scan
from tests.tar.sparse import DATA, FORMATS, RUNS, SIZE, pax_0_1, pax_1_0, whole
from tests.tar_builders import GNU, base256, header, member, octal, padded, pax, tar


@pytest.mark.parametrize("version", FORMATS)
def test_a_sparse_file_is_its_content_with_the_holes_filled(version: str) -> None:
    sparse, after = entries(FORMATS[version](RUNS), member(b"after", b"x"))
    assert (sparse.path, sparse.kind, sparse.size) == ("s", EntryKind.FILE, SIZE)
    assert sparse.content == blake3(whole()).digest()
    assert sparse.sparse == tuple(RUNS)
    assert after.path == "after"


@pytest.mark.parametrize("version", FORMATS)
def test_a_sparse_file_of_many_runs(version: str) -> None:
    runs = [(number * 40, number % 10) for number in range(200)]
    entry = one(FORMATS[version](runs, 9000, DATA[: sum(length for _, length in runs)]))
    assert entry.content == blake3(whole(runs, 9000)).digest()


@pytest.mark.parametrize("version", FORMATS)
def test_a_file_that_is_all_hole(version: str) -> None:
    for runs in ([], [(SIZE, 0)]):
        if version in ("0.0", "0.1") and not runs:
            continue  # without a run there is no map, and without that an ordinary file
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


MALFORMED: dict[str, tuple[bytes, str]] = {
    "1.0 without a map": (_raw_1_0(b""), "longer than its member"),
    "1.0 with words": (_raw_1_0(padded(b"one\n0\n0\n")), "b'one' where a number belongs"),
    "1.0 with a minus": (_raw_1_0(padded(b"1\n-1\n5\n")), "b'-1' where a number belongs"),
    "1.0 with an endless number": (_raw_1_0(padded(b"9" * 3000 + b"\n")), "where a number belongs"),
    "1.0 without an end": (_raw_1_0(b"9" * 2048), "longer than its member"),
    "1.0 with a billion runs": (_raw_1_0(padded(b"1000000000\n")), "claims 1,000,000,000 runs"),
    "1.0 with fewer runs than it says": (_raw_1_0(padded(b"3\n0\n1\n")), "longer than its member"),
    "1.0 longer than its member": (_raw_1_0(padded(b"100\n" + b"0\n0\n" * 50), size=512), "longer than its member"),
    "0.1 with words": (_raw_pax(map=b"a,b", size=b"5"), "a malformed sparse map"),
    "0.1 with an odd number": (_raw_pax(map=b"0,1,2", size=b"5"), "a malformed sparse map"),
    "0.1 with a minus": (_raw_pax(map=b"-1,1", size=b"5"), "out of order or past the end"),
    "0.1 with a length with a minus": (_raw_pax(map=b"1,-1", size=b"5"), "out of order or past the end"),
    "0.1 without a size": (_raw_pax(map=b"0,1001"), "out of order or past the end"),
    "0.1 with a size in words": (_raw_pax(map=b"0,1", size=b"big"), "b'big' where the size of a sparse file belongs"),
    "0.0 with an offset alone": (
        pax([(b"GNU.sparse.size", b"5"), (b"GNU.sparse.offset", b"0")]) + member(b"s"),
        "a malformed sparse map",
    ),
    "0.0 with two offsets": (
        pax([(b"GNU.sparse.offset", b"0"), (b"GNU.sparse.offset", b"0")]) + member(b"s"),
        "sparse offsets and lengths in disorder",
    ),
    "0.0 with words": (
        pax([(b"GNU.sparse.offset", b"x"), (b"GNU.sparse.numbytes", b"0")]) + member(b"s"),
        "a malformed sparse map",
    ),
    "old with words": (header(b"s", kind=b"S", magic=GNU, over={386: b"zzz", 398: b"zzz"}), "where a number belongs"),
    "old with a negative size": (header(b"s", kind=b"S", magic=GNU, over={483: base256(-5, 12)}), "a negative size"),
    "old with a huge run": (
        header(b"s", kind=b"S", magic=GNU, over={386: base256(2**80, 12), 398: octal(1, 12)}),
        "where a number belongs",
    ),
    "1.0 with a negative count": (_raw_1_0(padded(b"-1\n")), "b'-1' where a number belongs"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_sparse_header(case: str) -> None:
    data, words = MALFORMED[case]
    with complaint(CorruptLayerError, words):
        scan(tar(data))


def test_an_old_sparse_map_that_never_ends() -> None:
    more = bytes(504) + b"\1" + bytes(7)
    first = header(b"s", kind=b"S", magic=GNU, over={482: b"\1", 483: octal(5, 12)})
    with complaint(CorruptLayerError, "middle of a header"):
        scan(first + more * 3)
    runs = (octal(0, 12) + octal(0, 12)) * 21
    with complaint(LimitExceededError, "runs", "ReadLimits(header="):
        scan(first, *[runs + b"\1" + bytes(7)] * 500, header=100_000)


def test_holes_past_a_limit_are_not_digested_one_by_one_or_together() -> None:
    big = 10**18
    found = entries(pax_0_1([(0, 1000)], big), member(b"after"))
    assert (found[0].size, found[0].content) == (big, None)
    assert found[1].path == "after"
    assert codes(pax_0_1([(0, 1000)], big)) == ["content-not-digested"]
    many = scan(tar(*[pax_0_1([(0, 1000)], 500_000)] * 5), inflated=1_200_000)
    assert [entry.content is None for entry in many.entries] == [False, False, True, True, True]


def test_runs_of_a_sparse_map_count_as_entries() -> None:
    runs = [(number, 0) for number in range(4000)]
    with complaint(LimitExceededError, "more than 500 entries"):
        scan(tar(pax_1_0(runs)), entries=500)
