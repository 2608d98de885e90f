"""All layers at a time: the order of results, which error comes out, and stopping at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ocianalyze.errors import CorruptLayerError
from ocianalyze.layers import threads
from ocianalyze.layers.reader import LayerClaim
from ocianalyze.layers.tar_layer import TarLayer
from ocianalyze.loading.scheduling import LayerJob, Stopped, scan_all
from ocianalyze.model.scanned import ScannedLayer
from tests.archive_builders import docker_files, oci_files, pack
from tests.loading.loader import load_image
from tests.sources.test_opening import Watch
from tests.tar_builders import layer_tar


class Bytes:
    """A blob that nobody reads."""

    def __init__(self, name: str, size: int) -> None:
        self.name, self.size = name, size

    def read(self, start: int, length: int) -> bytes:
        raise AssertionError("these scans read nothing")

    def chunks(self, watch: Callable[[bytes], None] | None = None, size: int = 0) -> Iterator[bytes]:
        raise AssertionError("these scans read nothing")

    def is_unchanged(self) -> bool:
        return True

    def identity(self) -> None:
        return None


def jobs(count: int, *sizes: int) -> list[LayerJob]:
    return [
        LayerJob(index=index, reader=TarLayer(Bytes(str(index), size), LayerClaim(name=str(index))))
        for index, size in enumerate(sizes or [0] * count)
    ]


def result(index: int) -> ScannedLayer:
    return ScannedLayer(compression="none", tar_size=index, diff_id=None, entries=(), notices=())


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "processors", lambda: 2)


def until_stopped(stop: threading.Event) -> ScannedLayer:
    """A long scan, as scan_layer ends it when another failed."""
    if not stop.wait(20):
        raise AssertionError("nobody stopped this scan")
    raise Stopped


def test_results_come_in_order_whatever_finishes_first() -> None:
    second_done = threading.Event()

    def work(job: LayerJob, _: threading.Event) -> ScannedLayer:
        if job.index == 0:
            assert second_done.wait(20)
        second_done.set()
        return result(job.index)

    assert [layer.tar_size for layer in scan_all(jobs(5), work)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("sizes", "order"),
    [
        ((5, 70, 6, 30), [70, 30, 6, 5]),
        ((5, 6, 7, 8), [5, 6, 8, 7]),
        ((40, 30, 20, 50, 1), [40, 30, 50, 20, 1]),
        ((4, 4), [4, 4]),
        ((0, 0, 0), [0, 0, 0]),
    ],
)
def test_layers_are_begun_from_the_lowest_up_but_what_would_be_left_alone_goes_first(
    monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...], order: list[int]
) -> None:
    monkeypatch.setattr(threads, "processors", lambda: 1)
    begun: list[int] = []

    def work(job: LayerJob, _: threading.Event) -> ScannedLayer:
        begun.append(job.reader.size)
        return result(job.index)

    assert [layer.tar_size for layer in scan_all(jobs(0, *sizes), work)] == list(range(len(sizes)))
    assert begun == order


def test_no_layers_are_no_work() -> None:
    assert list(scan_all([], lambda job, _: result(job.index))) == []


def test_the_error_of_the_lowest_layer_comes_out_even_when_a_higher_one_fails_first() -> None:
    failed = threading.Event()

    def work(job: LayerJob, _: threading.Event) -> ScannedLayer:
        if job.index == 0:
            assert failed.wait(20)
        failed.set()
        raise CorruptLayerError(str(job.index))

    with pytest.raises(CorruptLayerError, match="0"):
        list(scan_all(jobs(2), work))


@pytest.mark.parametrize("kind", [KeyboardInterrupt, RuntimeError])
def test_any_other_exception_stops_all_and_is_what_comes_out(kind: type[BaseException]) -> None:
    def work(job: LayerJob, stop: threading.Event) -> ScannedLayer:
        if job.index == 1:
            raise kind("left")
        return until_stopped(stop)

    started = time.monotonic()
    with pytest.raises(kind, match="left"):
        list(scan_all(jobs(6), work))
    assert time.monotonic() - started < 10


def test_an_error_in_a_layer_stops_those_above_it() -> None:
    def work(job: LayerJob, stop: threading.Event) -> ScannedLayer:
        if job.index == 0:
            raise CorruptLayerError("bad")
        return until_stopped(stop)

    with pytest.raises(CorruptLayerError, match="bad"):
        list(scan_all(jobs(6), work))


def test_closing_the_results_stops_what_is_under_way() -> None:
    def work(job: LayerJob, stop: threading.Event) -> ScannedLayer:
        return result(0) if job.index == 0 else until_stopped(stop)

    results = scan_all(jobs(6), work)
    next(results)
    results.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("scan")] == []


class Leaver(Watch):
    """Progress whose user leaves after the first chunk, like Ctrl-C."""

    calls = 0

    def advance(self, layer: int, blob_bytes: int) -> None:
        super().advance(layer, blob_bytes)
        self.calls += 1
        if self.calls == 1:
            raise KeyboardInterrupt


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_leaving_from_a_progress_callback_stops_within_a_chunk(tmp_path: Path, compression: str) -> None:
    layers = [layer_tar((f"big{number}", bytes([number]) * (24 << 20))) for number in range(3)]
    path = tmp_path / "image.tar"
    path.write_bytes(pack(oci_files(*layers, compression=compression)))
    watch = Leaver()
    with pytest.raises(KeyboardInterrupt):
        load_image(str(path), progress=watch)
    if compression == "none":
        assert watch.read < 60 << 20  # of 72; how much a loaded machine reads meanwhile is up to it
    assert [thread.name for thread in threading.enumerate() if thread.name in ("digest", "scan")] == []


def test_layers_are_handed_on_bottom_first_while_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    tars = [layer_tar((name, b"x")) for name in "abcb"]
    path.write_bytes(pack(docker_files(*tars)))
    heard: list[str] = []
    image = load_image(str(path), on_layer=lambda entries: heard.extend(entry.path for entry in entries))
    assert heard == ["a", "b", "c", "b"]
    assert [layer.entries[0].path for layer in image.layers] == heard


def test_many_processors_do_not_mean_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "processors", lambda: 256)
    running: set[int] = set()
    most: list[int] = []

    def work(job: LayerJob, _: threading.Event) -> ScannedLayer:
        running.add(job.index)
        most.append(len(running))
        time.sleep(0.005)
        running.discard(job.index)
        return result(job.index)

    assert len(list(scan_all(jobs(40), work))) == 40
    assert max(most) <= 8
