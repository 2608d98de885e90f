"""Bytes on standard output, as they are or made harmless for a terminal."""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
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


def visibly(chunks: Iterable[bytes]) -> Iterator[bytes]:
    r"""*chunks* with what could act on a terminal spelled out (`\x1b`), but for line ends and tabs."""
    from ocianalyze.report import words

    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def lines(text: str) -> bytes:
        shown = "\n".join("\t".join(map(words.safe_name, line.split("\t"))) for line in text.split("\n"))
        return shown.encode(sys.stdout.encoding or "utf-8", "backslashreplace")

    for chunk in chunks:
        yield lines(decoder.decode(chunk))
    yield lines(decoder.decode(b"", final=True))
