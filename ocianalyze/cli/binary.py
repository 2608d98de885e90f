"""Bytes on standard output, as they are or made harmless for a terminal."""

from __future__ import annotations

import codecs
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from ocianalyze.errors import UsageError


@contextlib.contextmanager
def standard_output() -> Iterator[BinaryIO]:
    """Standard output for bytes."""
    out = sys.stdout.buffer
    try:
        yield out
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is not None:
            raise
        raise UsageError(f"cannot write standard output: {os.strerror(error.errno or 0)}") from error


def check_binary(file: Path | None, source: str) -> None:
    """UsageError, before minutes of reading, for a place that bytes cannot be written to."""
    from ocianalyze.cli.output import check

    if file is None and sys.stdout.isatty():
        raise UsageError("a tar is nothing for a terminal", hint="name a file with -o FILE, or pipe it")
    check(file, source)


@contextlib.contextmanager
def written(file: Path | None) -> Iterator[BinaryIO]:
    """A file to seek in, whose bytes appear in *file* or on standard output only when all of them are there."""
    if file is not None and str(file) != "-" and (file.is_file() or not file.exists()):
        from ocianalyze.api import replacing

        with replacing(file) as out:
            yield out
        return
    with tempfile.TemporaryFile(prefix="ocianalyze-") as spool:
        try:
            yield spool
            spool.seek(0)
        except OSError as error:
            hint = "set TMPDIR to a directory with room for it"
            raise UsageError(f"cannot write a temporary file: {error.strerror or error}", hint=hint) from error
        if file is None or str(file) == "-":
            with standard_output() as out:
                shutil.copyfileobj(spool, out, 1 << 20)
        else:
            with file.open("wb") as out:
                shutil.copyfileobj(spool, out, 1 << 20)


def visibly(chunks: Iterable[bytes]) -> Iterator[bytes]:
    r"""*chunks* with every control character spelled out (`\x1b`), except line ends and tabs."""
    from ocianalyze.report import words

    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def lines(text: str) -> bytes:
        shown = "\n".join("\t".join(map(words.safe_name, line.split("\t"))) for line in text.split("\n"))
        return shown.encode(sys.stdout.encoding or "utf-8", "backslashreplace")

    for chunk in chunks:
        yield lines(decoder.decode(chunk))
    yield lines(decoder.decode(b"", final=True))
