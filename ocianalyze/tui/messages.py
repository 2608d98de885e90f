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
    """Show what is inside the file at this path: the version that was there last, up to this layer."""

    path: str
    layer: int


@dataclass
class CompareVersions(Message):
    """Show how the content of this path changed, up to this layer."""

    path: str
    layer: int


@dataclass
class SaveAs(Message):
    """Save the file or directory at this path as this layer (or the last one that had it) shows it."""

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
