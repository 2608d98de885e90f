"""Content that is read a second time, held against the digest that the scan computed."""

from __future__ import annotations

from collections.abc import Iterator

from ocianalyze.errors import DigestMismatchError
from ocianalyze.layers.reader import Piece
from ocianalyze.model.entry import Entry
from ocianalyze.tar.entries import Hasher, content_hasher
from ocianalyze.tar.sparse import Filler


def verified(chunks: Iterator[bytes], entry: Entry, algorithm: str) -> Iterator[bytes]:
    """*chunks*, the whole content of *entry*; DigestMismatchError instead of the last when they are not as scanned.

    *algorithm* is the one that `Entry.content` was made with. Content that was not digested passes unverified.
    """
    if entry.content is None:
        yield from chunks
        return
    hasher = content_hasher(algorithm)()
    held = b""
    for chunk in chunks:
        if held:
            yield held
        hasher.update(chunk)
        held = chunk
    _compare(hasher, entry, algorithm)
    if held:
        yield held


def verified_pieces(pieces: Iterator[Piece], entry: Entry, algorithm: str) -> Iterator[Piece]:
    """*pieces*, the stored bytes of *entry*; DigestMismatchError behind the last when they are not as scanned."""
    if entry.content is None:
        yield from pieces
        return
    hasher = content_hasher(algorithm)()
    filler = Filler(entry.sparse, entry.size, hasher) if entry.sparse is not None else None
    update = (filler or hasher).update
    for piece in pieces:
        update(piece.data)
        yield piece
    if filler:
        filler.finish()
    _compare(hasher, entry, algorithm)


def _compare(hasher: Hasher, entry: Entry, algorithm: str) -> None:
    got = hasher.digest()
    if got != entry.content:
        raise DigestMismatchError(
            f"the content of /{entry.path}",
            expected=f"{algorithm}:{(entry.content or b'').hex()}",
            got=f"{algorithm}:{got.hex()}",
            hint="the archive has changed since it was opened; run the command again",
        )
