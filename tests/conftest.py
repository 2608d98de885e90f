"""What every test starts from: an environment that says nothing about terminals, and analyses that add up."""

from __future__ import annotations

import compileall
import gc
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

import ocianalyze
from ocianalyze.analysis.union.analyze import Analysis, Replay
from ocianalyze.layers.threads import processors
from ocianalyze.model.image import Image
from tests.analysis.invariants import check_waste
from tests.loading.loader import Loader

_CACHES = itertools.count()


def pytest_configure(config: pytest.Config) -> None:
    """Compile the package once: hundreds of tests start the program, and may not keep what they compile."""
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(Path(ocianalyze.__file__).parent, quiet=2)


def pytest_xdist_auto_num_workers() -> int:
    """With `-n auto`, one worker more than processors: tests of screens and of other programs wait for a third."""
    return processors() + 1


@pytest.fixture(autouse=True)
def unset_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the terminal of whoever runs the tests; pytest-xdist's workers claim one of 80 columns."""
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep layers in a directory of the test's own, in this process and in those that it starts: never in a home."""
    monkeypatch.delenv("OCIANALYZE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / f"cache-{next(_CACHES)}"))


@pytest.fixture(autouse=True)
def recount_waste(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Count the bytes of every image that any test analyses once more; timings are left alone."""
    if request.node.get_closest_marker("perf"):
        return
    finish = Replay.finish

    def finish_and_recount(replay: Replay, image: Image, *, base_layers: int = 1) -> Analysis:
        analysis = finish(replay, image, base_layers=base_layers)
        check_waste(analysis)
        return analysis

    monkeypatch.setattr(Replay, "finish", finish_and_recount)


@pytest.fixture
def load(tmp_path: Path) -> Loader:
    """Load archives that the test builds in memory."""
    return Loader(tmp_path)


@pytest.fixture(autouse=True)
def no_descriptor_leaks() -> Iterator[None]:
    """Every test, whatever fails in it, gives back the files that it opened."""
    table = Path("/proc/self/fd")
    if not table.is_dir():
        yield
        return
    before = len(list(table.iterdir()))
    yield
    if len(list(table.iterdir())) > before:
        gc.collect()  # what an exception of the test held is not lost, but not yet gone
    assert len(list(table.iterdir())) <= before
