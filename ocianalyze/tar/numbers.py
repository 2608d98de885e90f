"""Numbers in tars, as Go's archive/tar reads them: in the fields of headers and in the records of PAX.

Docker, containerd, podman, buildah and umoci read layers with it. What GNU tar makes of the same field is in
`gnu_number`, for the findings that say where readers disagree.
"""

from __future__ import annotations

from functools import lru_cache

NANO = 1_000_000_000
_BITS = 63
"""Go keeps every number of a tar in 64 bits with a sign."""
_DIGITS = 19
"""Decimal digits of the largest of them."""


class OddNumberError(ValueError):
    """A field is no number, or one that readers may read in several ways."""


@lru_cache(maxsize=4096)  # owners, modes and times repeat: a sixth of the price
def plain_number(field: bytes) -> int:
    """The number in a *field* on which all readers agree: octal digits, spaces before them, spaces or NULs after.

    OddNumberError for any other; `header_number` says what Go makes of that.
    """
    digits = field.rstrip(b"\0 ").lstrip(b" ")
    if not digits.isdigit():
        if field.strip(b"\0"):
            raise OddNumberError
        return 0
    try:
        return int(digits, 8)
    except ValueError:
        raise OddNumberError from None


def header_number(field: bytes) -> int | None:
    """The number in a *field* of a header, octal or base-256; None where Go refuses it.

    NULs and spaces in front are skipped, and what follows a NUL after the digits is ignored.
    """
    if field[0] & 0x80:
        value = int.from_bytes(field, "big") - (0x80 << 8 * (len(field) - 1))
        if field[0] & 0x40:
            value -= 0x80 << 8 * (len(field) - 1)
        return value if -(1 << _BITS) <= value < 1 << _BITS else None
    digits = field.strip(b"\0 ").partition(b"\0")[0]
    return _octal(digits) if digits else 0


def gnu_number(field: bytes) -> int | None:
    """The number that GNU tar has in a *field*; None where it complains. At most one NUL is skipped in front."""
    rest = field.removeprefix(b"\0").lstrip(b" ")
    if not rest:
        return None
    if field[0] in (0x80, 0xFF):
        return header_number(field)
    digits = rest.partition(b"\0")[0].partition(b" ")[0]
    return _octal(digits) if digits else 0


def pax_number(value: bytes) -> int | None:
    """The decimal number in a PAX record, with any sign and any count of zeros; None where Go refuses it."""
    digits = value[1:] if value[:1] in (b"-", b"+") else value
    if not digits.isdigit():
        return None
    digits = digits.lstrip(b"0")
    if len(digits) > _DIGITS:
        return None
    number = int(digits or b"0")
    if value[:1] == b"-":
        number = -number
    return number if -(1 << _BITS) <= number < 1 << _BITS else None


def pax_time(value: bytes) -> int | None:
    """The time in a PAX record, in nanoseconds cut towards zero; None where Go refuses it."""
    whole, _, fraction = value.partition(b".")
    seconds = pax_number(whole)
    if seconds is None or (fraction and not fraction.isdigit()):
        return None
    nanoseconds = int(fraction[:9].ljust(9, b"0"))
    return seconds * NANO + (-nanoseconds if whole[:1] == b"-" else nanoseconds)


def _octal(digits: bytes) -> int | None:
    try:
        return int(digits, 8) if digits.isdigit() else None
    except ValueError:
        return None
