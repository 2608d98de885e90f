"""One pass over the blob of a layer: its digest, its diff ID, its size and its entries."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import replace

from ocianalyze.blobs.blob import ByteStream, Verifier, new_hash
from ocianalyze.blobs.decompress import CHUNK, MEMBER, SNIFF, Growth, inflate, sniff
from ocianalyze.blobs.other_formats import other_format
from ocianalyze.errors import CorruptLayerError, UnsupportedLayerError, brief
from ocianalyze.layers.reader import LayerClaim, ScanOptions, Watch
from ocianalyze.layers.threads import Turn, beside, threads
from ocianalyze.model.digest import DiffID
from ocianalyze.model.finding import Level
from ocianalyze.model.notices import Notices
from ocianalyze.model.scanned import ScannedLayer
from ocianalyze.tar.budget import Tally
from ocianalyze.tar.scanner import TarScanner

_AHEAD = 32
"""Pieces of all layers together that may wait to be scanned, so that memory stays bounded. One processor inflates
as many while the other replays a layer of 70,000 entries."""


def scan_tar(blob: ByteStream, compression: str, claim: LayerClaim, how: ScanOptions, watch: Watch) -> ScannedLayer:
    """Read *blob* to its end and hold it against *claim*; LayerError for whatever is wrong with it."""
    if how.verify:
        check_size(blob, claim)
    verifier, tar_hash = _digests(compression, claim, verify=how.verify)
    entries, inflated = Tally(how.budget), Tally(how.bytes)
    how = replace(how, budget=entries, bytes=inflated)
    scanner = TarScanner(limits=how.limits, budget=how.budget, algorithm=how.algorithm)
    notices = Notices()

    def read(data: bytes) -> None:
        watch(data)
        verifier.update(data)

    tar_size = 0
    # A thread more for the digest pays where a processor would idle.
    update = tar_hash.update if tar_hash else _ignore
    digesting = beside(update) if tar_hash and how.has_spare_processor else contextlib.nullcontext(update)
    head = b""
    try:
        with digesting as digest, Turn(scanner.feed, _AHEAD // threads()) as turn:
            for piece in _pieces(blob, compression, how, read, notices):
                how.bytes.spend(len(piece))
                if not head:
                    head = piece[:SNIFF]
                    _must_be_tar(piece, claim.media_type)
                digest(piece)
                tar_size += len(piece)
                turn.put(piece)
        verifier.finish()
        scanner.finish()
    except CorruptLayerError as error:
        if twice := _compressed_twice(head, compression):
            raise twice from error
        raise
    return ScannedLayer(
        compression=compression,
        tar_size=tar_size,
        diff_id=DiffID(f"{tar_hash.name}:{tar_hash.hexdigest()}") if tar_hash else None,
        entries=tuple(scanner.entries),
        notices=(*notices.freeze(), *scanner.notices.freeze()),
        spent_entries=entries.spent,
        spent_bytes=inflated.spent,
    )


def _digests(compression: str, claim: LayerClaim, *, verify: bool) -> tuple[Verifier, hashlib._Hash | None]:
    """What holds the blob against *claim*, and the running diff ID; None where that is claimed and not verified.

    Of a plain layer the two are one digest, which is computed once.
    """
    algorithm = claim.diff_id.algorithm if claim.diff_id else "sha256"
    tar_hash = new_hash(algorithm) if verify or claim.diff_id is None else None
    if not verify:
        return Verifier(None, None, what="the blob"), tar_hash
    verifier = Verifier(claim.digest, claim.size, what="the blob")
    if tar_hash and compression == "none" and claim.digest and claim.digest.algorithm == algorithm:
        verifier.share(tar_hash)
    return verifier, tar_hash


def check_size(blob: ByteStream, claim: LayerClaim) -> None:
    """DigestMismatchError when *blob* is not as large as its descriptor claims, before any of it is read."""
    if claim.size is not None and blob.size != claim.size:
        verifier = Verifier(None, claim.size, what="the blob")
        verifier.count(blob.size)
        verifier.finish()


def _pieces(blob: ByteStream, compression: str, how: ScanOptions, watch: Watch, notices: Notices) -> Iterator[bytes]:
    if compression == "none":
        return blob.chunks(watch, CHUNK)
    growth = Growth(stored=lambda: blob.size, free=how.limits.inflated, ratio=how.limits.ratio)

    def on_member() -> None:
        growth.member()
        how.bytes.spend(MEMBER)

    def on_trailing(what: str) -> None:
        if (what, compression) == ("zeros", "xz"):
            return  # the format of xz allows them
        verb = "is" if what == "data" else "are"
        message = f"there {verb} {what} after the end of the {compression} stream, which runtimes refuse"
        notices.add("trailing-data", message, level=Level.ERROR)

    return growth.bounded(inflate(blob.chunks(watch), compression, on_trailing=on_trailing, on_member=on_member))


def _must_be_tar(start: bytes, media_type: str) -> None:
    """UnsupportedLayerError when a layer that begins with *start* is recognised as something else."""
    if (found := other_format(start, media_type)) is not None:
        stated = f" (media type {brief(media_type)})" if media_type else ""
        raise UnsupportedLayerError(f"it is {found}{stated}, which is not read")


def _compressed_twice(head: bytes, compression: str) -> CorruptLayerError | None:
    """The complaint about what is no tar because it is compressed once more; None if *head*, its start, is not."""
    inner = "none" if compression == "none" else sniff(head)
    if inner == "none":
        return None
    return CorruptLayerError(
        f"compressed twice: there is {inner} inside the {compression}",
        hint="undo one of the two, or build the image again",
    )


def _ignore(_: bytes) -> None:
    """What is done with a digest that nobody wants."""
