"""The format of a file by its first bytes: text or not, and a line about the format."""

from __future__ import annotations

import struct
from dataclasses import dataclass

HEAD = 4096
"""Bytes that a look takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The format of a file, by its first bytes."""

    text: bool
    archive: bool
    """Whether its members can be listed."""
    about: str
    """`PNG image, 640 x 480`, `ELF 64-bit x86-64 executable`, `text`, `data`."""


def look(head: bytes) -> Look:
    """A look at the first HEAD bytes of a file."""
    if not head:
        return Look(text=True, archive=False, about="empty")
    for test in (_elf, _image, _by_magic):
        if about := test(head):
            archive = about.startswith(("gzip", "bzip2", "xz", "Zstandard", "ZIP", "tar", "Debian", "ar "))
            return Look(text=False, archive=archive, about=about)
    if head[257:262] == b"ustar":
        return Look(text=False, archive=True, about="tar archive")
    if is_text(head):
        script = head.startswith(b"#!")
        about = "script for " + head[2:80].split(b"\n")[0].decode("utf-8", "replace").strip() if script else "text"
        return Look(text=True, archive=False, about=about)
    return Look(text=False, archive=False, about="data")


def is_text(head: bytes) -> bool:
    """UTF-8 without NUL and with hardly a control character; a character may be cut off at the end."""
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3 or error.reason != "unexpected end of data":
            return False
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return odd * 50 <= len(head)


_MACHINES = {3: "x86", 8: "MIPS", 20: "PowerPC", 21: "PowerPC64", 22: "s390x", 40: "ARM", 62: "x86-64"} | {
    183: "ARM64",
    243: "RISC-V",
    258: "LoongArch",
}
_ELF_TYPES = {1: "relocatable", 2: "executable", 3: "shared object", 4: "core dump"}


def _elf(head: bytes) -> str:
    if not head.startswith(b"\x7fELF") or len(head) < 20:
        return ""
    order = ">" if head[5] == 2 else "<"
    kind, machine = struct.unpack_from(order + "HH", head, 16)
    bits = {1: "32-bit", 2: "64-bit"}.get(head[4], "?")
    return f"ELF {bits} {_MACHINES.get(machine, f'machine {machine}')} {_ELF_TYPES.get(kind, 'file')}"


def _image(head: bytes) -> str:
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        return "PNG image, {} x {}".format(*struct.unpack_from(">II", head, 16))
    if head[:6] in (b"GIF87a", b"GIF89a") and len(head) >= 10:
        return "GIF image, {} x {}".format(*struct.unpack_from("<HH", head, 6))
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG image" + _jpeg_size(head)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WebP image"
    return ""


def _jpeg_size(head: bytes) -> str:
    at = 2
    while at + 9 < len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", head, at + 5)
            return f", {width} x {height}"
        at += 2 + max(2, length)
    return ""


_MAGIC = (
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"PK\x05\x06", "ZIP archive, empty"),
    (b"!<arch>\ndebian-binary", "Debian package"),
    (b"!<arch>\n", "ar archive"),
    (b"SQLite format 3\0", "SQLite database"),
    (b"%PDF-", "PDF document"),
    (b"\xca\xfe\xba\xbe", "Java class or Mach-O universal binary"),
    (b"\xcf\xfa\xed\xfe", "Mach-O 64-bit binary"),
    (b"MZ", "PE or DOS executable"),
    (b"\0asm", "WebAssembly module"),
    (b"wOFF", "WOFF font"),
    (b"wOF2", "WOFF2 font"),
    (b"\0\1\0\0\0", "TrueType font"),
)


def _by_magic(head: bytes) -> str:
    return next((about for magic, about in _MAGIC if head.startswith(magic)), "")
