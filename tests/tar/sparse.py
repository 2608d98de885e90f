"""One sparse file in each format that tars have for them."""

from __future__ import annotations

from tests.tar_builders import member, old_sparse, pax, pax_sparse

DATA = bytes(range(1, 201)) * 5
RUNS = [(100, 300), (1000, 500), (4000, 200)]
SIZE = 5000


def whole(runs: list[tuple[int, int]] = RUNS, size: int = SIZE) -> bytes:
    out, stored = bytearray(size), 0
    for at, length in runs:
        out[at : at + length] = DATA[stored : stored + length]
        stored += length
    return bytes(out)


def _flat(runs: list[tuple[int, int]]) -> list[int]:
    return [number for run in runs for number in run]


def pax_0_0(runs: list[tuple[int, int]], size: int = SIZE, data: bytes = DATA) -> bytes:
    records = [(b"GNU.sparse.size", b"%d" % size), (b"GNU.sparse.numblocks", b"%d" % len(runs))]
    for at, length in runs:
        records += [(b"GNU.sparse.offset", b"%d" % at), (b"GNU.sparse.numbytes", b"%d" % length)]
    return pax(records) + member(b"s", data)


def pax_0_1(runs: list[tuple[int, int]], size: int = SIZE, data: bytes = DATA) -> bytes:
    numbers = ",".join(map(str, _flat(runs))).encode()
    records = {b"GNU.sparse.size": b"%d" % size, b"GNU.sparse.numblocks": b"%d" % len(runs)}
    records |= {b"GNU.sparse.map": numbers, b"GNU.sparse.name": b"s"}
    return pax(records) + member(b"GNUSparseFile.0/s", data)


def pax_1_0(runs: list[tuple[int, int]], size: int = SIZE, data: bytes = DATA) -> bytes:
    return pax_sparse(b"s", runs, size, data)


def old_gnu(runs: list[tuple[int, int]], size: int = SIZE, data: bytes = DATA) -> bytes:
    return old_sparse(b"s", runs, size, data)


FORMATS = {"0.0": pax_0_0, "0.1": pax_0_1, "1.0": pax_1_0, "old": old_gnu}
