"""The whiteout grammar: what a base name in a layer hides. Spelled nowhere else.

Sources: image-spec, layer.md, Whiteouts; AUFS for the leftovers that old layers carry.
"""

from __future__ import annotations

from enum import Enum

PREFIX = ".wh."
OPAQUE_NAME = ".wh..wh..opq"
_RESERVED = ".wh..wh."


class Marker(Enum):
    """What a base name means to the layers below."""

    WHITEOUT = "whiteout"
    """Hides the sibling that the rest of the name spells."""
    OPAQUE = "opaque"
    """Hides every lower child of the directory that it is in."""
    AUFS = "aufs"
    """Bookkeeping of AUFS (`.wh..wh.plnk`, `.wh..wh.aufs`, `.wh..wh.orph`): no file, and hides nothing."""
    EMPTY = "empty"
    """A bare `.wh.`, `.wh..` or `.wh...`, which name nothing that could be hidden."""


def marker(base_name: str) -> Marker | None:
    """The marker that *base_name* is, or None for an ordinary name. The prefix counts only at the start."""
    if not base_name.startswith(PREFIX):
        return None
    if base_name[len(PREFIX) :] in ("", ".", ".."):
        return Marker.EMPTY
    if base_name == OPAQUE_NAME:
        return Marker.OPAQUE
    return Marker.AUFS if base_name.startswith(_RESERVED) else Marker.WHITEOUT


def is_inside_aufs(path: str) -> bool:
    """Whether *path* is in one of the directories that AUFS keeps in the root of a layer (`.wh..wh.plnk/...`)."""
    return path.startswith(_RESERVED) and "/" in path


def hidden_name(base_name: str) -> str:
    """The base name that the whiteout *base_name* hides."""
    return base_name[len(PREFIX) :]
