"""Messages that cross screens."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class Reveal(Message):
    """Show this path in the tree after this layer."""

    path: str
    layer: int


@dataclass
class LookInto(Message):
    """Show the content of the file at this path: its last version up to this layer."""

    path: str
    layer: int


@dataclass
class CompareVersions(Message):
    """Show how the content of this path changed, up to this layer."""

    path: str
    layer: int


@dataclass
class SaveAs(Message):
    """Save the file or directory at this path as of this layer, or of the last layer below that had it."""

    path: str
    layer: int


@dataclass
class CopyPath(Message):
    """Put the path on the clipboard."""

    path: str
    layer: int


@dataclass
class CopyCommand(Message):
    """Put the command that shows this path after this layer on the clipboard."""

    path: str
    layer: int
