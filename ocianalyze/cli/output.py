"""Where data goes: standard output or -o FILE, whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from ocianalyze.cli.github import DefusedOutput, is_logged
from ocianalyze.errors import UsageError
from ocianalyze.report.formats.table import TEXT

if TYPE_CHECKING:
    from ocianalyze.report.formats.table import Format
    from ocianalyze.report.values.documents import Document

_SPOOL = 8 << 20
"""Characters of output that are held in memory before a temporary file takes over."""


def check(file: Path | None, source: str) -> None:
    """UsageError, before minutes of reading, for a *file* that cannot be written or is the image itself."""
    if file is None or str(file) == "-":
        return
    if file.is_dir():
        raise UsageError(f"cannot write {file}: it is a directory")
    if not file.parent.is_dir():
        raise UsageError(f"cannot write {file}: there is no directory {file.parent}")
    if _is_special(file):
        return
    if not os.access(file.parent, os.W_OK):
        raise UsageError(f"cannot write {file}: no permission to create a file in {file.parent}")
    if file.exists() and Path(source).exists() and file.samefile(source):
        raise UsageError(f"cannot write {file}: it is the image", hint="choose another name for the output")


def show(document: Document, how: Format, file: Path | None = None) -> None:
    """Write *document* in the format *how* to *file*, or to standard output."""
    with opened(file, machine=not how.is_for_people, inert=how.inert) as out:
        how.write(document, out)


@contextlib.contextmanager
def opened(file: Path | None, *, machine: bool = False, inert: tuple[str, str] = TEXT.inert) -> Iterator[TextIO]:
    """A stream for one report. Its text appears in *file* only when all of it is written.

    With *machine* the bytes are UTF-8 wherever they go; text for people is as the terminal wants it. In the log of a
    CI server commands are spelled as *inert* says; a file has them as they are.
    """
    try:
        if file is not None and str(file) != "-" and not _is_special(file):
            with _replacing(file) as out:
                yield out
            return
        with _unreplaceable(file, machine=machine) as out:
            if not is_logged():
                yield out
                return
            log = DefusedOutput(out, inert)
            yield cast("TextIO", log)
            log.finish()
    except BrokenPipeError:
        raise
    except OSError as error:
        name = "standard output" if file is None else str(file)
        raise UsageError(f"cannot write {name}: {error.strerror or error}") from error


@contextlib.contextmanager
def _unreplaceable(file: Path | None, *, machine: bool) -> Iterator[TextIO]:
    """A stream to standard output, a pipe or a device."""
    if file is not None and str(file) != "-":
        with _special(file) as out:
            yield out
    elif machine:
        with _spooled(_stdout(encoding="utf-8")) as out:
            yield out
    else:
        # to_text writes all at once, and must see whether it writes to a terminal.
        yield _stdout(errors="backslashreplace")
        sys.stdout.flush()


def _stdout(*, encoding: str | None = None, errors: str = "strict") -> TextIO:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding=encoding, errors=errors, newline="\n")
    return sys.stdout


@contextlib.contextmanager
def _spooled(out: TextIO) -> Iterator[TextIO]:
    with tempfile.SpooledTemporaryFile(_SPOOL, "w+", encoding="utf-8", newline="\n") as spool:
        yield cast("TextIO", spool)
        spool.seek(0)
        shutil.copyfileobj(spool, out, 1 << 20)
        out.flush()


@contextlib.contextmanager
def _replacing(file: Path) -> Iterator[TextIO]:
    """A new file beside *file* that takes its place at the end; until then *file* stays as it is."""
    from ocianalyze.api import replacing

    with replacing(file) as out:
        text = io.TextIOWrapper(out, encoding="utf-8", newline="\n")
        try:
            yield text
            text.flush()
        finally:
            with contextlib.suppress(OSError):  # of a disk that is full; it is raised above
                text.detach()


@contextlib.contextmanager
def _special(file: Path) -> Iterator[TextIO]:
    """A stream into a pipe or a device, which no new file can replace."""
    with file.open("w", encoding="utf-8", newline="\n") as out, _spooled(out) as spool:
        yield spool


def _is_special(file: Path) -> bool:
    return file.exists() and not file.is_file()
