"""What the uncompressed bytes of a layer are when they are no tar, in words, for the complaint."""

from __future__ import annotations

from ocianalyze.tar.header import is_header

_MAGIC = (
    (0, b"hsqs", "a squashfs file system"),
    (0, b"sqsh", "a squashfs file system"),
    (1024, b"\xe2\xe1\xf5\xe0", "an erofs file system"),
    (0, b"SFAR", "a nydus bootstrap"),
    (1080, b"\x53\xef", "an ext4 file system"),
    (0, b"XFSB", "an xfs file system"),
    (65600, b"_BHRfS_M", "a btrfs file system"),
    (32769, b"CD001", "an ISO 9660 image"),
    (0, b"QFI\xfb", "a qcow disk image"),
    (0, b"KDMV", "a VMDK disk image"),
    (0, b"vhdxfile", "a VHDX disk image"),
    (512, b"EFI PART", "a disk image with partitions"),
    (0, b"070701", "a cpio archive"),
    (0, b"!<arch>\n", "an ar archive, such as a Debian package"),
    (0, b"\0asm", "a WebAssembly module"),
    (0, b"\x7fELF", "a program"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"<!DOCTYPE", "a web page"),
    (0, b"<html", "a web page"),
    (0, b"{", "a JSON document"),
)
_TYPES = ("erofs", "squashfs", "nydus", "qcow", "ext4", "wasm", "helm")
"""Words of media types that tell a format without a magic number."""


def other_format(head: bytes, media_type: str) -> str | None:
    """What a layer that begins with *head* is, such as "an erofs file system"; None where it may be a tar."""
    if is_header(head):
        return None
    for at, magic, name in _MAGIC:
        if head.startswith(magic, at):
            return name
    named = next((word for word in _TYPES if word in media_type), None)
    return f"a blob of {named}" if named and head.strip(b"\0") else None
