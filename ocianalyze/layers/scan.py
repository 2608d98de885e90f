"""One layer's blob, read once: its digest, its diff ID, its size and its entries. And all layers at a time."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from ocianalyze.blobs.blob import Blob, Verifier, new_hash
from ocianalyze.blobs.decompress import CHUNK, SNIFF, bounded, inflate, sniff
from ocianalyze.errors import CorruptLayerError, LayerError, OcianalyzeError, brief
from ocianalyze.layers.threads import Turn, beside
from ocianalyze.loading.layer_cache import Known, LayerCache
from ocianalyze.model.digest import DiffID
from ocianalyze.model.image import Notice
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.notices import Notices
from ocianalyze.model.scanned import ScannedLayer
from ocianalyze.sources.candidate import LayerSource
from ocianalyze.tar.budget import EntryBudget
from ocianalyze.tar.scanner import TarScanner

_MOST_THREADS = 8
"""Eight inflate twice as fast as layers are scanned, one at a time; more would only take memory."""
_AHEAD = 32
"""Pieces of all layers together that may wait to be scanned, so that memory stays bounded. One processor inflates
as many while the other replays a layer of 70,000 entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerJob:
    """One distinct blob to scan."""

    index: int
    """Of the lowest layer that it is."""
    source: LayerSource
    blob: Blob
    diff_id: DiffID | None
    """As the config claims."""


class Stopped(Exception):  # noqa: N818 - not an error: another layer failed, or the user left
    """The load was given up."""


def scan_all(
    jobs: Sequence[LayerJob], scan: Callable[[LayerJob, threading.Event], ScannedLayer]
) -> Generator[ScannedLayer]:
    """Scan *jobs* on as many threads as pay; give the results in order, as they come.

    When several layers are at fault, the error is that of the lowest, whatever the timing. Any other exception,
    such as one that a progress callback raises to stop the load, comes out as soon as the threads have stopped.
    Closing the iterator stops all threads within a chunk.
    """
    stop = threading.Event()
    failures: list[BaseException] = []

    def run(job: LayerJob) -> ScannedLayer:
        try:
            return scan(job, stop)
        except (OcianalyzeError, Stopped):
            raise
        except BaseException as error:
            failures.append(error)
            stop.set()
            raise

    with ThreadPoolExecutor(max_workers=threads(), thread_name_prefix="scan") as pool:
        try:
            futures = {id(job): pool.submit(run, job) for job in reading_order(jobs)}
            for future in [futures[id(job)] for job in jobs]:
                try:
                    result = future.result()
                except Stopped:
                    raise failures[0] from None
                yield result
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def reading_order(jobs: Sequence[LayerJob]) -> list[LayerJob]:
    """*jobs* from the lowest up, as they are replayed; but one larger than all others left together goes first.

    Begun last, it would be read alone, long after all others.
    """
    by_size = sorted(jobs, key=lambda job: job.blob.size)
    left = sum(job.blob.size for job in jobs)
    ordered: dict[int, LayerJob] = {}
    for job in jobs:
        while by_size and (by_size[-1].index in ordered or 2 * by_size[-1].blob.size > left):
            largest = by_size.pop()
            if largest.index not in ordered:
                ordered[largest.index] = largest
                left -= largest.blob.size
        if job.index not in ordered:
            ordered[job.index] = job
            left -= job.blob.size
    return list(ordered.values())


def scan_layer(
    job: LayerJob,
    stop: threading.Event,
    *,
    limits: ReadLimits,
    budget: EntryBudget,
    algorithm: str,
    verify: bool,
    advance: Callable[[int, int], None],
    cache: LayerCache | None = None,
    has_spare_processor: bool = False,
) -> ScannedLayer:
    """Read the blob of *job* to its end; LayerError, with the layer in it, for whatever is wrong with it.

    A layer that *cache* knows is only digested, and without *verify* not even read.
    """
    compression = sniff(job.blob.read(0, SNIFF))

    def watch(data: bytes) -> None:
        if stop.is_set():
            raise Stopped
        advance(job.index, len(data))

    digest = job.source.digest or (job.diff_id if compression == "none" else None)
    try:
        key = Known(digest, algorithm, None if verify else job.blob.size) if digest else None
        known = cache.get(key) if cache and key else None
        if known is not None and _serves(known, job, verify=verify):
            if verify:
                _digest(job, Verifier(digest, job.source.size, what="the blob"), watch)
            else:
                advance(job.index, job.blob.size)
            scanned = known
            budget.spend(len(known.entries))
        else:
            scanned = _scan(job, compression, watch, limits, budget, algorithm, verify, has_spare_processor)
            if cache and key:
                cache.put(key, scanned)
        return _with_media_type(scanned, job.source.media_type)
    except LayerError as error:
        error.in_layer(job.index, job.source.digest or job.source.name)
        raise


def _serves(known: ScannedLayer, job: LayerJob, *, verify: bool) -> bool:
    """Whether *known* tells all that a scan of *job* would."""
    if known.diff_id is None:
        return not verify and job.diff_id is not None
    return job.diff_id in (None, known.diff_id)


def _digest(job: LayerJob, verifier: Verifier, watch: Callable[[bytes], None]) -> None:
    """Read the blob of *job* to see whether it is what it is said to be."""
    for data in job.blob.chunks(watch, CHUNK):
        verifier.update(data)
    verifier.finish()


def _scan(
    job: LayerJob,
    compression: str,
    shown: Callable[[bytes], None],
    limits: ReadLimits,
    budget: EntryBudget,
    algorithm: str,
    verify: bool,
    has_spare_processor: bool,
) -> ScannedLayer:
    verifier = Verifier(job.source.digest if verify else None, job.source.size if verify else None, what="the blob")
    diff_algorithm = job.diff_id.algorithm if job.diff_id else "sha256"
    tar_hash = new_hash(diff_algorithm) if verify or job.diff_id is None else None
    if (
        verify
        and compression == "none"
        and tar_hash
        and job.source.digest
        and job.source.digest.algorithm == diff_algorithm
    ):
        verifier.share(tar_hash)
    scanner = TarScanner(limits=limits, budget=budget, algorithm=algorithm)
    notices = Notices()

    def watch(data: bytes) -> None:
        shown(data)
        verifier.update(data)

    tar_size = 0
    # A thread more for the digest pays where a processor would idle.
    update = tar_hash.update if tar_hash else _ignore
    digesting = beside(update) if tar_hash and has_spare_processor else contextlib.nullcontext(update)
    head = b""
    try:
        with digesting as digest, Turn(scanner.feed, _AHEAD // threads()) as turn:
            for piece in _pieces(job.blob, compression, limits, watch, notices):
                head = head or piece[:SNIFF]
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
        diff_id=DiffID(f"{diff_algorithm}:{tar_hash.hexdigest()}") if tar_hash else None,
        entries=tuple(scanner.entries),
        notices=(*notices.freeze(), *scanner.notices.freeze()),
    )


def _pieces(
    blob: Blob, compression: str, limits: ReadLimits, watch: Callable[[bytes], None], notices: Notices
) -> Iterator[bytes]:
    if compression == "none":
        return blob.chunks(watch, CHUNK)
    pieces = inflate(
        blob.chunks(watch),
        compression,
        on_trailing=lambda: notices.add("trailing-data", f"there is data after the end of the {compression} stream"),
    )
    return bounded(pieces, stored=lambda: blob.size, free=limits.inflated, ratio=limits.ratio)


def _compressed_twice(head: bytes, compression: str) -> CorruptLayerError | None:
    """The complaint about what is no tar because it is compressed once more; None if *head*, its start, is not."""
    inner = "none" if compression == "none" else sniff(head)
    if inner == "none":
        return None
    return CorruptLayerError(
        f"compressed twice: there is {inner} inside the {compression}",
        hint="undo one of the two, or build the image again",
    )


def _with_media_type(scanned: ScannedLayer, media_type: str) -> ScannedLayer:
    """*scanned*, with a notice when its bytes are not what the media type says."""
    if scanned.compression in _suffixes(media_type):
        return scanned
    words = "not compressed" if scanned.compression == "none" else scanned.compression
    message = f"the media type says {brief(media_type)}, and the bytes are {words}"
    return replace(scanned, notices=(Notice(code="media-type", message=message), *scanned.notices))


def _suffixes(media_type: str) -> tuple[str, ...]:
    """The compressions that *media_type* allows (image-spec, layer.md; docker's distribution manifests)."""
    if media_type.endswith(("+gzip", ".gzip")):
        return ("gzip",)
    if media_type.endswith((".tar+zstd", ".zstd")):
        return ("zstd",)
    if media_type.endswith((".tar", "+tar")):
        return ("none",)
    return ("none", "gzip", "zstd", "bzip2", "xz")


def _ignore(_: bytes) -> None:
    """What is done with a digest that nobody wants."""


def threads() -> int:
    """Layers that are read at a time: one for each processor, as long as one scans what the others inflate."""
    return min(processors(), _MOST_THREADS)


def processors() -> int:
    """Processors that this process may use, which a container or `taskset` may limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
