"""Layers: a directory is filled by a small vocabulary, and GNU tar packs it the same way every time.

A layer tar lists what one build step changed, beside the directories on the way there. `FileSystem` remembers
what the layers below hold, so that directories keep their mode, owner and time, as in a builder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

ROOT = 0


@dataclass(slots=True)
class Meta:
    """What a tar says of a path beside its content."""

    mode: int
    owner: int
    mtime: int


@dataclass(slots=True)
class FileSystem:
    """What the layers so far add up to."""

    directories: dict[str, Meta] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    """Everything else, and where on the disk it is staged."""

    def forget(self, path: PurePosixPath) -> None:
        """Drop whatever is below *path*."""
        for names in (self.directories, self.files):
            for name in [name for name in names if path in PurePosixPath(name).parents]:
                del names[name]


class Stage:
    """One layer in the making: what the step at *time* (seconds since 1970) writes and removes."""

    def __init__(self, work: Path, lower: FileSystem, time: int) -> None:
        self._root = work
        self._lower = lower
        self._time = time
        self._metas: dict[str, Meta] = {}
        self._touched: set[str] = set()
        """Directories whose list of names this step changes; the others keep their time."""
        work.mkdir(parents=True)

    def text(self, path: str, content: str, *, mode: int = 0o644, owner: int = ROOT) -> None:
        """A regular file that the step writes."""
        self._place(path, mode, owner).write_text(content)

    def copy(self, source: Path, path: str, *, owner: int = ROOT, mtime: int | None = None) -> None:
        """A copy of the file or symlink *source*, with its time or *mtime*, but no newer than the step."""
        status = source.lstat()
        # Beside private files only "may be executed" counts: the rest of a mode is this machine's umask.
        private = status.st_mode & 0o077 == 0
        mode = status.st_mode & 0o700 if private else 0o755 if status.st_mode & 0o100 else 0o644
        shutil.copyfile(source, self._place(path, mode, owner), follow_symlinks=False)
        self._metas[path].mtime = min(self._time, int(status.st_mtime) if mtime is None else mtime)

    def symlink(self, path: str, target: str, *, owner: int = ROOT) -> None:
        """A symbolic link at *path* to *target*, kept as it is written."""
        self._place(path, 0o777, owner).symlink_to(target)

    def hardlink(self, path: str, target: str) -> None:
        """Another name, *path*, of this layer's file *target*, in place of what this layer has there."""
        meta = self._metas[target]
        name = self._place(path, meta.mode, meta.owner)
        name.unlink(missing_ok=True)
        name.hardlink_to(self._root / target)
        self._metas[path] = meta

    def directory(self, path: str, *, mode: int = 0o755, owner: int = ROOT) -> None:
        """A directory; one from below gets this mode and owner."""
        known = self._lower.directories.get(path)
        if known is None and path not in self._metas:
            self._place(path, mode, owner).mkdir()
        else:
            self._parents(path)
            (self._root / path).mkdir(exist_ok=True)
        self._metas[path] = Meta(mode, owner, known.mtime if known else self._time)

    def tree(self, source: Path, path: str = "", *, owner: int = ROOT, mtime: int | None = None) -> None:
        """Copies of everything below *source*, put below *path*."""
        for item in sorted(source.rglob("*")):
            target = str(PurePosixPath(path, item.relative_to(source)))
            if item.is_symlink() or item.is_file():
                self.copy(item, target, owner=owner, mtime=mtime)
            elif target not in self._lower.directories and target not in self._metas:
                self.directory(target, owner=owner)

    def below(self, path: str) -> Path:
        """The file that the layers underneath have at *path*."""
        return self._lower.files[path]

    def remove(self, path: str) -> None:
        """A whiteout: hides *path*, with all below it, from the layers underneath (image-spec, layer.md)."""
        target = PurePosixPath(path)
        self._place(str(target.with_name(f".wh.{target.name}")), 0o600, ROOT).touch()
        self._lower.forget(target)
        self._lower.directories.pop(path, None)
        self._lower.files.pop(path, None)

    def opaque(self, path: str) -> None:
        """An opaque whiteout: hides whatever the layers underneath have in the directory *path*."""
        self._place(f"{path}/.wh..wh..opq", 0o600, ROOT).touch()
        self._lower.forget(PurePosixPath(path))

    def chown(self, path: str, owner: int) -> None:
        """Give *path* and all below it to *owner*: each file has to come again, whole."""
        for name in [name for name in self._lower.directories if PurePosixPath(name).is_relative_to(path)]:
            self.directory(name, mode=self._lower.directories[name].mode, owner=owner)
        for name in [name for name in self._lower.files if PurePosixPath(name).is_relative_to(path)]:
            self.copy(self._lower.files[name], name, owner=owner)
        self._touched.clear()

    def pack(self, tar: Path) -> Path:
        """Write the layer to *tar*: sorted by name, grouped by owner, with no trace of this machine."""
        self._settle()
        tar.touch()
        for owner in sorted({meta.owner for meta in self._metas.values()}):
            names = sorted(name for name, meta in self._metas.items() if meta.owner == owner)
            subprocess.run(
                [
                    *("tar", "--append", f"--file={tar}", f"--directory={self._root}"),
                    *("--format=posix", "--pax-option=delete=atime,delete=ctime"),
                    *("--numeric-owner", f"--owner={owner}", f"--group={owner}"),
                    *("--no-recursion", "--null", "--files-from=-"),
                ],
                input="\0".join(names).encode(),
                check=True,
            )
        return tar

    def _place(self, path: str, mode: int, owner: int) -> Path:
        """Where to put something new on the disk; its parent knows that its list of names changes."""
        self._parents(path)
        self._touched.add(str(PurePosixPath(path).parent))
        self._metas[path] = Meta(mode, owner, self._time)
        return self._root / path

    def _parents(self, path: str) -> None:
        for parent in _parents(path):
            if parent not in self._metas:
                known = self._lower.directories.get(parent)
                if known is None:
                    self._touched.add(str(PurePosixPath(parent).parent))
                self._metas[parent] = known or Meta(0o755, ROOT, self._time)
                (self._root / parent).mkdir()

    def _settle(self) -> None:
        """Give everything on the disk the mode and time that the tar shall say, deepest first."""
        for path, meta in sorted(self._metas.items(), reverse=True):
            target = self._root / path
            if target.is_dir() and not target.is_symlink():
                mtime = self._time if path in self._touched else meta.mtime
                meta = self._lower.directories[path] = Meta(meta.mode, meta.owner, mtime)
            elif not target.name.startswith(".wh."):
                self._lower.files[path] = target
            if not target.is_symlink():
                target.chmod(meta.mode)
            os.utime(target, (meta.mtime, meta.mtime), follow_symlinks=False)


def _parents(path: str) -> Iterator[str]:
    """The directories above *path*, outermost first, the root left out."""
    for parent in reversed(PurePosixPath(path).parents):
        if str(parent) != ".":
            yield str(parent)
