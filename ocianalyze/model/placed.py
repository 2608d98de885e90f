"""One name of a file tree and where what it shows is stored: what extracting and exporting are told to write."""

from __future__ import annotations

from typing import NamedTuple

from ocianalyze.model.entry import Entry, EntryKind

_DEVICES = (EntryKind.CHAR_DEVICE, EntryKind.BLOCK_DEVICE)


class Placed(NamedTuple):
    """One name to write. Lists of these have parents before their children."""

    path: str
    """Spelled as `Entry.path`, which `entry` may not have: a hard link shows its inode's entry."""
    entry: Entry
    """What the name shows; its kind is never HARDLINK, WHITEOUT or OPAQUE."""
    stored_at: tuple[int, int] | None
    """(layer, ordinal), the same for all hard links of one file; None for an implied directory."""

    @property
    def layer(self) -> int:
        """Index of the layer that stores the entry."""
        if self.stored_at is None:
            raise ValueError(f"{self.path!r} is stored nowhere")
        return self.stored_at[0]

    @property
    def is_device(self) -> bool:
        """Whether it is a device node."""
        return self.entry.kind in _DEVICES
