"""Scanning the distinct layers of an image: on as many threads as pay, each layer once, in order of the replay."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from ocianalyze.errors import LayerError, OcianalyzeError, brief
from ocianalyze.layers.reader import LayerReader, ScanOptions
from ocianalyze.layers.threads import threads
from ocianalyze.loading.layer_cache import Known, LayerCache
from ocianalyze.model.finding import Finding
from ocianalyze.model.scanned import ScannedLayer


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerJob:
    """One distinct layer to scan."""

    index: int
    """Of the lowest layer that has these bytes."""
    reader: LayerReader


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
    by_size = sorted(jobs, key=lambda job: job.reader.size)
    left = sum(job.reader.size for job in jobs)
    ordered: dict[int, LayerJob] = {}
    for job in jobs:
        while by_size and (by_size[-1].index in ordered or 2 * by_size[-1].reader.size > left):
            largest = by_size.pop()
            if largest.index not in ordered:
                ordered[largest.index] = largest
                left -= largest.reader.size
        if job.index not in ordered:
            ordered[job.index] = job
            left -= job.reader.size
    return list(ordered.values())


def scan_layer(
    job: LayerJob,
    stop: threading.Event,
    *,
    how: ScanOptions,
    advance: Callable[[int, int], None],
    cache: LayerCache | None = None,
) -> ScannedLayer:
    """Read the layer of *job* to its end; LayerError, with the layer in it, for whatever is wrong with it.

    A layer that *cache* knows is only digested, and without verification not even read.
    """

    def watch(data: bytes) -> None:
        if stop.is_set():
            raise Stopped
        advance(job.index, len(data))

    reader = job.reader
    try:
        key = Known(reader.digest, how.algorithm, None if how.verify else reader.size) if reader.digest else None
        known = cache.get(key) if cache and key else None
        if known is not None and _serves(known, reader, verify=how.verify):
            if how.verify:
                reader.check(watch)
            else:
                advance(job.index, reader.size)
            scanned = known
            how.budget.spend(known.spent)
            how.bytes.spend(known.tar_size)
        else:
            scanned = reader.scan(how, watch)
            if cache and key:
                cache.put(key, scanned)
        return _with_media_type(scanned, reader.claim.media_type)
    except LayerError as error:
        error.in_layer(job.index, reader.claim.label)
        raise


def _serves(known: ScannedLayer, reader: LayerReader, *, verify: bool) -> bool:
    """Whether *known* tells all that a scan by *reader* would."""
    claimed = reader.claim.diff_id
    if known.diff_id is None:
        return not verify and claimed is not None
    return claimed in (None, known.diff_id)


def _with_media_type(scanned: ScannedLayer, media_type: str) -> ScannedLayer:
    """*scanned*, with a notice when its bytes are not what the media type says."""
    if scanned.compression in _suffixes(media_type):
        return scanned
    words = "not compressed" if scanned.compression == "none" else scanned.compression
    message = f"the media type says {brief(media_type)}, and the bytes are {words}"
    return replace(scanned, notices=(Finding(code="media-type", message=message), *scanned.notices))


def _suffixes(media_type: str) -> tuple[str, ...]:
    """The compressions that *media_type* allows (image-spec, layer.md; docker's distribution manifests)."""
    if media_type.endswith(("+gzip", ".gzip")):
        return ("gzip",)
    if media_type.endswith((".tar+zstd", ".zstd")):
        return ("zstd",)
    if media_type.endswith((".tar", "+tar")):
        return ("none",)
    return ("none", "gzip", "zstd", "bzip2", "xz")
