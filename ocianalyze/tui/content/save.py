"""Saving a file or directory of an image to disk, never outside the path that was given.

Everything is opened relative to the descriptor of a directory that was made or opened without following links,
so neither a link in the image nor one on the disk leads elsewhere.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ocianalyze.analysis.tree import FileNode
from ocianalyze.errors import OcianalyzeError
from ocianalyze.model.entry import EntryKind
from ocianalyze.report import words
from ocianalyze.tui.content.source import ContentSource

_DEEPEST = 200
"""Directories inside each other: each holds a descriptor."""
_PIECE = 4 << 20
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class SaveError(OcianalyzeError):
    """What was asked for cannot be saved there."""


@dataclass(slots=True)
class Saved:
    """What a save has written."""

    files: int = 0
    size: int = 0
    skipped: list[str] = field(default_factory=list)
    """Devices, pipes and names that no file system takes."""


def save(source: ContentSource, node: FileNode, target: Path, *, overwrite: bool = False) -> Saved:
    """Write *node* to *target*. An existing file is kept unless *overwrite*; an existing directory is merged into."""
    saved = Saved()
    try:
        parent = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        with _closing(parent):
            _put(source, parent, target.name, node, overwrite, saved)
    except OSError as error:
        name = words.safe_name(str(error.filename or target))
        raise SaveError(f"{name}: {error.strerror or error}", hint="choose another place") from error
    return saved


def _put(source: ContentSource, parent: int, name: str, node: FileNode, overwrite: bool, saved: Saved) -> None:
    """*node* and all below it. A stack of open directories, since names may be nested as deep as they like."""
    if node.children is None:
        _put_leaf(source, parent, name, node, overwrite, saved)
        return
    stack = [_enter(parent, name, node)]
    try:
        while stack:
            descriptor, siblings = stack[-1]
            for label, child in siblings:
                if child.children is None:
                    _put_leaf(source, descriptor, label, child, overwrite, saved)
                    continue
                if len(stack) >= _DEEPEST:
                    raise SaveError(f"more than {_DEEPEST} directories inside each other", hint="save a part of it")
                stack.append(_enter(descriptor, label, child))
                break
            else:
                os.close(stack.pop()[0])
    finally:
        for descriptor, _ in stack:
            os.close(descriptor)


def _enter(above: int, name: str, node: FileNode) -> tuple[int, Iterator[tuple[str, FileNode]]]:
    """The descriptor of the directory *name*, made if need be, and what is to be put into it."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=above)  # relative to a descriptor
    descriptor = os.open(name, _DIRECTORY, dir_fd=above)
    os.fchmod(descriptor, 0o700 | (node.entry.mode & 0o777 if node.entry else 0o755))
    return descriptor, iter(sorted((node.children or {}).items()))


def _put_leaf(source: ContentSource, parent: int, name: str, node: FileNode, overwrite: bool, saved: Saved) -> None:
    entry = node.entry
    if "\0" in name or name in ("", ".", "..") or "/" in name:
        saved.skipped.append(name)
        return
    if entry is None or node.stored_at is None or entry.kind not in (EntryKind.FILE, EntryKind.SYMLINK):
        saved.skipped.append(name)
        return
    if overwrite:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=parent)  # relative to a descriptor
    if entry.kind is EntryKind.SYMLINK:
        os.symlink(entry.link_target, name, dir_fd=parent)  # relative to a descriptor
    else:
        _write_file(source, parent, name, node, saved)
    saved.files += 1


def _write_file(source: ContentSource, parent: int, name: str, node: FileNode, saved: Saved) -> None:
    entry, stored_at = node.entry, node.stored_at
    if entry is None or stored_at is None:
        return
    descriptor = os.open(name, _NEW_FILE, 0o600, dir_fd=parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            for start in range(0, entry.size, _PIECE):
                out.write(source.read(stored_at.layer, entry, start=start, length=_PIECE))  # readable
            out.flush()
            os.fchmod(descriptor, (entry.mode & 0o777) | 0o400)
            with contextlib.suppress(OverflowError):
                os.utime(descriptor, ns=(entry.mtime_ns, entry.mtime_ns))
    except BaseException:
        os.unlink(name, dir_fd=parent)  # half a file is no file
        raise
    saved.size += entry.size


@contextlib.contextmanager
def _closing(descriptor: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(descriptor)
