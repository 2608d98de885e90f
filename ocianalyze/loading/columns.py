"""Columns of values as bytes, and back: one piece for each field of many entries.

A reader raises ValueError, IndexError or OverflowError for bytes that are no column of the length asked for.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, repeat
from typing import Any, TypeVar

import msgspec

_Column = TypeVar("_Column", bound=Sequence[Any])
_UNSIGNED = (("B", 8), ("H", 16), ("I", 32))
_SIGNED = "q"
_ANY = "x"
"""Numbers of any length, spelled in hexadecimal: what no array holds."""
_BETWEEN = "\0"
"""What stands between two texts; hardly any has it in it."""


class Texts(msgspec.Struct, array_like=True, frozen=True):
    """A column of `str`, lone surrogates included."""

    joined: bytes
    lengths: bytes = b""
    """In code points, of each; nothing where each ends at a NUL."""


class Digests(msgspec.Struct, array_like=True, frozen=True):
    """A column of `bytes | None`, nearly all of one length."""

    there: bytes
    """A byte each: whether it is not None."""
    joined: bytes
    width: int
    """Bytes of each that is not None."""
    lengths: bytes = b""
    """Of each that is not None, where they differ."""


def pack_numbers(values: Sequence[int]) -> bytes:
    """*values* in the smallest array that holds them all."""
    low, high = min(values, default=0), max(values, default=0)
    if low >= 0:
        for code, bits in _UNSIGNED:
            if high >> bits == 0:
                return code.encode() + _swapped(array(code, values)).tobytes()
    if low >= -(1 << 63) and high < 1 << 63:
        return _SIGNED.encode() + _swapped(array(_SIGNED, values)).tobytes()
    return _ANY.encode() + ",".join([format(value, "x") for value in values]).encode()


def unpack_numbers(data: bytes, count: int) -> Sequence[int]:
    """The *count* numbers that `pack_numbers` made *data* of."""
    code, rest = data[:1].decode("ascii"), memoryview(data)[1:]
    values: Sequence[int]
    if code == _ANY:
        values = [int(text, 16) for text in bytes(rest).split(b",")]
    elif code == _SIGNED or code in dict(_UNSIGNED):
        numbers = array(code)
        numbers.frombytes(rest)
        values = _swapped(numbers)
    else:
        raise ValueError("no kind of numbers")
    return _counted(values, count)


def pack_texts(values: Sequence[str]) -> Texts:
    """*values* joined."""
    joined = _BETWEEN.join(values)
    if joined.count(_BETWEEN) < max(1, len(values)):
        return Texts(_encoded(joined))
    return Texts(_encoded("".join(values)), pack_numbers(list(map(len, values))))


def unpack_texts(texts: Texts, count: int) -> list[str]:
    """The *count* texts that `pack_texts` joined."""
    joined = texts.joined.decode("utf-8", "surrogatepass")
    if texts.lengths:
        return list(_cut(joined, unpack_numbers(texts.lengths, count)))
    return _counted(joined.split(_BETWEEN) if count else [], count)


def pack_digests(values: Sequence[bytes | None]) -> Digests:
    """*values* joined."""
    there = bytes([value is not None for value in values])
    known = [value for value in values if value is not None]
    widths = set(map(len, known))
    if len(widths) <= 1:
        return Digests(there, b"".join(known), max(widths, default=0))
    return Digests(there, b"".join(known), 0, pack_numbers(list(map(len, known))))


def unpack_digests(digests: Digests, count: int) -> list[bytes | None]:
    """The *count* digests that `pack_digests` joined."""
    there, joined, width = _counted(digests.there, count), digests.joined, digests.width
    known = sum(there)
    if digests.lengths:
        cut = list(_cut(joined, unpack_numbers(digests.lengths, known)))
    elif width > 0:
        cut = [joined[at : at + width] for at in range(0, len(joined), width)]
    else:
        cut = [b""] * known
    if sum(map(len, cut)) != len(joined):
        raise ValueError("some of it is no digest")
    each = iter(_counted(cut, known))
    return [next(each) if one else None for one in there]


def pack_groups(groups: Sequence[Sequence[int]]) -> tuple[bytes, bytes]:
    """Groups of numbers as their lengths, and all numbers in a row."""
    return pack_numbers(list(map(len, groups))), pack_numbers(list(chain.from_iterable(groups)))


def unpack_groups(packed: tuple[bytes, bytes], count: int) -> Iterator[tuple[int, ...]]:
    """The *count* groups that `pack_groups` packed."""
    lengths = unpack_numbers(packed[0], count)
    return map(tuple, _cut(unpack_numbers(packed[1], sum(lengths)), lengths))


def spread(positions: bytes, values: Sequence[Any], usual: Any, count: int) -> Sequence[Any] | repeat[Any]:
    """A column of *count* times *usual*, but for *values*, which are at *positions*."""
    if not values:
        return repeat(usual, count)
    column = [usual] * count
    for position, value in zip(unpack_numbers(positions, len(values)), values, strict=True):
        column[position] = value
    return column


def _cut(joined: Any, lengths: Sequence[int]) -> Iterator[Any]:
    """*joined* in pieces of these *lengths*, which must be all of it."""
    if sum(lengths) != len(joined) or min(lengths, default=0) < 0:
        raise ValueError("the lengths are not those of the parts")
    ends = list(accumulate(lengths))
    return (joined[end - length : end] for end, length in zip(ends, lengths, strict=True))


def _counted(values: _Column, count: int) -> _Column:
    if len(values) != count:
        raise ValueError(f"{len(values)} values, expected {count}")
    return values


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _swapped(numbers: array[int]) -> array[int]:
    """*numbers* with the lowest byte first, or from that, on any machine."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
