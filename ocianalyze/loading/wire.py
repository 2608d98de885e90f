"""A scanned layer as bytes and back, exact in every field: what a worker process sends, and what the cache keeps.

The entries are written column by column: of an image with 238,415 of them 31 MB, in a microsecond an entry each way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import Any

import msgspec

from ocianalyze.loading.columns import (
    Digests,
    Texts,
    pack_digests,
    pack_groups,
    pack_numbers,
    pack_texts,
    spread,
    unpack_digests,
    unpack_groups,
    unpack_numbers,
    unpack_texts,
)
from ocianalyze.model.digest import DiffID
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.finding import Finding, FoundBy, Level
from ocianalyze.model.scanned import ScannedLayer

VERSION = 1
"""Of this form: counted up whenever other bytes are written, or the same bytes mean something else."""

_KINDS = (
    EntryKind.FILE,
    EntryKind.DIRECTORY,
    EntryKind.SYMLINK,
    EntryKind.HARDLINK,
    EntryKind.CHAR_DEVICE,
    EntryKind.BLOCK_DEVICE,
    EntryKind.FIFO,
    EntryKind.WHITEOUT,
    EntryKind.OPAQUE,
)
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}
_Numbers = bytes
_Groups = tuple[bytes, bytes]


class DamagedError(ValueError):
    """Bytes are no scanned layer in this form. No person is told: the layer is scanned instead."""


class _Entries(msgspec.Struct, array_like=True, frozen=True):
    """The entries of a layer: a column for each field, or the positions of the few that have it, and their values."""

    count: int
    paths: Texts
    kinds: bytes
    sizes: _Numbers
    times: _Numbers
    offsets: _Numbers
    contents: Digests
    owners: _Numbers
    """Where in the table each entry's mode, owner and owner's names are: few of those differ."""
    table: tuple[int, list[_Numbers], list[Texts]]
    links: tuple[int, _Numbers, Texts]
    xattrs: tuple[int, _Numbers, _Numbers, Texts, list[bytes]]
    """Of each of those positions, how many attributes; then all names and values."""
    devices: tuple[int, _Numbers, _Groups]
    sparse: tuple[int, _Numbers, _Groups]


class _WireLayer(msgspec.Struct, array_like=True, frozen=True):
    compression: str
    tar_size: int
    diff_id: str | None
    spent_entries: int
    spent_bytes: int
    entries: _Entries
    notices: list[tuple[str, int | None, str, str, Texts, int]]
    """Code, layer, level, what found it, the message and the paths, and how many paths."""


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_WireLayer)


def pack(layer: ScannedLayer) -> bytes:
    """*layer* as bytes."""
    return _encoder.encode(
        _WireLayer(
            compression=layer.compression,
            tar_size=layer.tar_size,
            diff_id=None if layer.diff_id is None else str(layer.diff_id),
            spent_entries=layer.spent_entries,
            spent_bytes=layer.spent_bytes,
            entries=_pack_entries(layer.entries),
            notices=[_pack_notice(notice) for notice in layer.notices],
        )
    )


def unpack(data: bytes) -> ScannedLayer:
    """The layer that *data* was made of by `pack`; DamagedError for what was not."""
    try:
        layer = _decoder.decode(data)
        return ScannedLayer(
            compression=layer.compression,
            tar_size=layer.tar_size,
            diff_id=None if layer.diff_id is None else DiffID(layer.diff_id),
            spent_entries=layer.spent_entries,
            spent_bytes=layer.spent_bytes,
            entries=_unpack_entries(layer.entries),
            notices=tuple([_unpack_notice(row) for row in layer.notices]),
        )
    except (ValueError, IndexError, OverflowError, StopIteration, TypeError) as error:
        raise DamagedError(str(error)) from error


def _pack_entries(entries: Sequence[Entry]) -> _Entries:
    columns: Sequence[Sequence[Any]] = list(zip(*entries, strict=True)) or [()] * len(Entry._fields)
    field = dict(zip(Entry._fields, columns, strict=True))
    owners, table = _pack_owners(field)
    linked, links = _few(field["link_target"], "")
    with_device, devices = _few(field["device"], None)
    with_holes, runs = _few(field["sparse"], None)
    return _Entries(
        count=len(entries),
        paths=pack_texts(field["path"]),
        kinds=bytes(map(_NUMBERS.__getitem__, field["kind"])),
        sizes=pack_numbers(field["size"]),
        times=pack_numbers(field["mtime_ns"]),
        offsets=pack_numbers(field["offset"]),
        contents=pack_digests(field["content"]),
        owners=owners,
        table=table,
        links=(len(links), linked, pack_texts(links)),
        xattrs=_pack_xattrs(field["xattrs"]),
        devices=(len(devices), with_device, pack_groups(devices)),
        sparse=(len(runs), with_holes, pack_groups([tuple(chain.from_iterable(run)) for run in runs])),
    )


def _pack_owners(field: dict[str, Sequence[Any]]) -> tuple[_Numbers, tuple[int, list[_Numbers], list[Texts]]]:
    table: dict[tuple[Any, ...], int] = {}
    know = table.setdefault
    columns = [field[name] for name in ("mode", "uid", "gid", "uname", "gname")]
    owners = [know(owner, len(table)) for owner in zip(*columns, strict=True)]
    distinct: Sequence[Sequence[Any]] = list(zip(*table, strict=True)) or [()] * len(columns)
    numbers, names = [pack_numbers(one) for one in distinct[:3]], [pack_texts(one) for one in distinct[3:]]
    return pack_numbers(owners), (len(table), numbers, names)


def _pack_xattrs(column: Sequence[Any]) -> tuple[int, _Numbers, _Numbers, Texts, list[bytes]]:
    positions, those = _few(column, ())
    pairs = list(chain.from_iterable(those))
    names = pack_texts([name for name, _ in pairs])
    return len(those), positions, pack_numbers(list(map(len, those))), names, [value for _, value in pairs]


def _few(column: Sequence[Any], usual: object) -> tuple[_Numbers, list[Any]]:
    """The positions of what is not *usual* in *column*, and those values."""
    if column.count(usual) == len(column):
        return pack_numbers(()), []
    positions = [at for at, value in enumerate(column) if value != usual]
    return pack_numbers(positions), [column[at] for at in positions]


def _unpack_entries(packed: _Entries) -> tuple[Entry, ...]:
    count = packed.count
    modes, uids, gids, users, groups = _unpack_owners(packed)
    found, positions, targets = packed.links
    links = spread(positions, unpack_texts(targets, found), "", count)
    found, positions, pairs = packed.devices
    devices = spread(positions, list(unpack_groups(pairs, found)), None, count)
    found, positions, flat = packed.sparse
    runs = [tuple(zip(run[::2], run[1::2], strict=True)) for run in unpack_groups(flat, found)]
    rows = zip(
        unpack_texts(packed.paths, count),
        map(_KINDS.__getitem__, packed.kinds),
        unpack_numbers(packed.sizes, count),
        modes,
        uids,
        gids,
        unpack_numbers(packed.times, count),
        links,
        unpack_digests(packed.contents, count),
        _unpack_xattrs(packed),
        devices,
        users,
        groups,
        unpack_numbers(packed.offsets, count),
        spread(positions, runs, None, count),
        strict=True,
    )
    return tuple(map(tuple.__new__, repeat(Entry), rows))


def _unpack_owners(packed: _Entries) -> list[Iterable[Any]]:
    """Modes, uids, gids and the names of both, as columns."""
    length, numbers, names = packed.table
    table: list[Sequence[Any]] = [unpack_numbers(column, length) for column in numbers]
    table += [unpack_texts(column, length) for column in names]
    owners = unpack_numbers(packed.owners, packed.count)
    return [map(list(column).__getitem__, owners) for column in table]


def _unpack_xattrs(packed: _Entries) -> Iterable[Any]:
    found, positions, counts, names, values = packed.xattrs
    pairs = iter(list(zip(unpack_texts(names, len(values)), values, strict=True)))
    groups = [tuple([next(pairs) for _ in range(length)]) for length in unpack_numbers(counts, found)]
    return spread(positions, groups, (), packed.count)


def _pack_notice(notice: Finding) -> tuple[str, int | None, str, str, Texts, int]:
    texts = pack_texts([notice.message, *notice.paths])
    row = (notice.code, notice.layer, notice.level.value, notice.found_by.value, texts, len(notice.paths))
    if _unpack_notice(row) != notice:
        raise TypeError(f"no scan notes a finding like this: {notice}")
    return row


def _unpack_notice(row: tuple[str, int | None, str, str, Texts, int]) -> Finding:
    code, layer, level, found_by, texts, count = row
    message, *paths = unpack_texts(texts, 1 + count)
    return Finding(
        code=code, message=message, level=Level(level), found_by=FoundBy(found_by), layer=layer, paths=tuple(paths)
    )
