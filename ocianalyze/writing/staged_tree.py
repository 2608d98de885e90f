"""Putting a whole tree of files into place, or nothing: it grows in a directory beside, and is moved at the end."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from ocianalyze.errors import UsageError, brief
from ocianalyze.writing.directory_fds import OPEN, Directories
from ocianalyze.writing.merge import Merge, set_modes
from ocianalyze.writing.unfinished import REPLACED, StillThere, home, left_with_replaced, new_directory

_NEW = "new"


class Staging:
    """A directory that will be, or be merged into, the target."""

    def __init__(self, root: int) -> None:
        self.root = root
        self.modes: list[tuple[str, int]] = []
        """Directories that end with a mode that would have been in the way before: (path, mode)."""


@contextlib.contextmanager
def staged(target: Path, *, force: bool = False, only_if_empty: bool = False) -> Iterator[Staging]:
    """A new empty directory, whose content is put into *target* when the block ends well, and else is removed.

    *target* may exist, if *only_if_empty* without anything in it; then directories are merged and nothing else in it
    is replaced unless *force*. If moving fails half-way, or Ctrl-C stops it, everything goes back to its place.
    Raises UsageError for all that goes wrong.
    """
    is_there = target.is_dir()
    if not is_there and os.path.lexists(target):
        raise UsageError(f"{target} is no directory", hint="name a directory, or one that does not exist yet")
    place = target if is_there else target.parent
    try:
        with home(place) as above:
            _complain_of_replaced(above, place)
            if only_if_empty and is_there and any(target.iterdir()):
                raise UsageError(f"{target} is already there", hint="name a directory that does not exist, or is empty")
            with new_directory(above) as (_, work), _inside(work) as staging:
                yield staging
                _publish(staging, work, above, target, is_there=is_there, force=force)
    except StillThere as left:
        raise UsageError(f"{place / left.name} could not be removed: {left.why}", hint=_BY_HAND) from left
    except OSError as error:
        raise UsageError(
            f"cannot write to {target}: {error.strerror or error}" + (f" ({_named(error)})" if error.filename else ""),
            hint="nothing was left behind",
        ) from error


_BY_HAND = f"move what is in its directory {REPLACED!r}, if there is any, back by hand, and remove it"


def _complain_of_replaced(above: int, place: Path) -> None:
    """UsageError if a run was killed while it replaced files in *place*: what was there before must not get lost."""
    if name := left_with_replaced(above):
        raise UsageError(f"{place / name} holds what a run replaced that was killed", hint=_BY_HAND)


@contextlib.contextmanager
def _inside(work: int) -> Iterator[Staging]:
    """What is new in the directory *work*, beside room for what must give way."""
    for part in (_NEW, REPLACED):
        os.mkdir(part, 0o700, dir_fd=work)
    new = os.open(_NEW, OPEN, dir_fd=work)
    try:
        yield Staging(new)
    finally:
        os.close(new)


def _publish(staging: Staging, work: int, above: int, target: Path, *, is_there: bool, force: bool) -> None:
    modes = sorted(staging.modes)
    if is_there:
        with Merge(staging.root, above, work, modes, force=force) as merge:
            merge.run(target)
        return
    with contextlib.closing(Directories(staging.root)) as directories:
        set_modes(directories, modes)
    umask = os.umask(0)
    os.umask(umask)
    os.fchmod(staging.root, 0o777 & ~umask)
    os.rename(_NEW, target.name, src_dir_fd=work, dst_dir_fd=above)


def _named(error: OSError) -> str:
    return brief(os.fsdecode(error.filename))
