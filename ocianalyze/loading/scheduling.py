"""Scanning the distinct layers of an image: on as many threads as pay, each layer once, in order of the replay."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ocianalyze.errors import OcianalyzeError
from ocianalyze.layers.reader import LayerReader
from ocianalyze.layers.threads import threads
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
