"""Amounts as people write and read them: `5MB`, `20MiB`, `1,500,000`, `3%`, `0.03`. The only import of humanize."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocianalyze.errors import UsageError

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?)b?", re.IGNORECASE | re.ASCII)
_SECOND = 1_000_000_000
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


def size(count: int) -> str:
    """*count* bytes in SI units with one decimal: `10.4 MB`, `532 B`."""
    if abs(count) < 1000:
        return f"{count} B"
    # Deferred: not every start of the program says a size.
    from humanize import naturalsize

    return naturalsize(count, format="%.1f")


def exact_size(count: int) -> str:
    """Every byte: `1,219,813 B`."""
    return f"{number(count)} B"


def number(count: int) -> str:
    """*count* with a comma between thousands."""
    return f"{count:,}"


def percent(ratio: float) -> str:
    """*ratio* as a percentage with one decimal, rounded to 0% or 100% only when it is exactly that."""
    if 0 < ratio < 0.0005:
        return "<0.1%"
    if 0.9995 <= ratio < 1:
        return ">99.9%"
    text = f"{ratio * 100:.1f}"
    return f"{text.removesuffix('.0')}%"


def seconds(nanoseconds: int) -> str:
    """A time as Dockerfiles have it: `1.5s`. What is too long for a fraction to matter is cut to whole seconds."""
    whole, rest = divmod(nanoseconds, _SECOND)
    return f"{nanoseconds / _SECOND:g}s" if rest and abs(whole) < 1 << 50 else f"{whole}s"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """`1 layer`, `12 layers`."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def are_missing(layers: Sequence[int]) -> str:
    """`layer 0 is missing`, `layers 0, 2 are missing`."""
    listed = ", ".join(map(str, layers))
    return f"layers {listed} are missing" if len(layers) > 1 else f"layer {listed} is missing"


def parse_size(text: str) -> int:
    """Bytes: a number with an SI (`MB`) or binary (`MiB`) unit, or without one. UsageError for anything else."""
    found = _SIZE.fullmatch(text.strip().replace(",", ""))
    # Half a byte is a unit that was forgotten.
    if not found or (not found[2] and (found[3] or "." in found[1])) or len(text) > 40:
        raise UsageError(f"{text[:40]!r} is no size", hint="expected something like 5MB, 20MiB or 1500000")
    base = 1024 if found[3] else 1000
    return round(float(found[1]) * base ** _POWERS[found[2].lower()]) if found[2] else int(found[1])


def parse_ratio(text: str) -> float:
    """A share: `3%` or `0.03`. UsageError for anything else."""
    stripped = text.strip()
    number = stripped.removesuffix("%").strip()
    if not re.fullmatch(r"\d+(\.\d+)?", number, re.ASCII) or len(number) > 40:
        raise UsageError(f"{text[:40]!r} is no share", hint="expected something like 3% or 0.03")
    return float(number) / 100 if stripped.endswith("%") else float(number)
