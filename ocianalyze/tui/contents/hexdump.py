"""Sixteen bytes a line."""

from __future__ import annotations

WIDTH = 16

_PRINTABLE = bytes(byte if 32 <= byte < 127 else ord(".") for byte in range(256))


def hex_line(offset: int, data: bytes) -> tuple[str, str, str]:
    """The offset, the bytes in hex, and the bytes as characters."""
    left, right = data[:8].hex(" "), data[8:].hex(" ")
    return f"{offset:08x}", f"{left:<23}  {right:<23}", data.translate(_PRINTABLE).decode("ascii")
