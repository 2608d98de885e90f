"""SIGTERM and SIGHUP end a run as Ctrl-C does: with the code that shells report, and with nothing left over."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.archive_builders import oci_files, pack
from tests.cli.run import COMMAND, environment
from tests.tar_builders import layer_tar

COMMANDS = {
    "extract": ["extract", "{image}", "/", "-o", "{out}/x"],
    "extract into": ["extract", "{image}", "/", "-o", "{out}"],
    "export": ["export", "{image}", "-o", "{out}/x.tar"],
    "squash": ["export", "{image}", "--squash", "-o", "{out}/x.tar"],
    "convert": ["convert", "{image}", "--compress", "zstd", "--level", "19", "-o", "{out}/x.tar"],
    "layout": ["convert", "{image}", "--compress", "zstd", "--level", "19", "--to", "oci-layout", "-o", "{out}/x"],
}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image that takes long enough to be written."""
    path = tmp_path_factory.mktemp("image") / "image.tar"
    data = os.urandom(1 << 20)
    files = [(f"d{number // 100}/f{number}", data[number : number + 8000]) for number in range(6000)]
    path.write_bytes(pack(oci_files(layer_tar(*files), compression="none")))
    return path


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda one: one.name)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_half_written_is_gone(tmp_path: Path, image: Path, command: str, ending: signal.Signals) -> None:
    out = tmp_path / "out"
    out.mkdir()
    args = [part.format(image=image, out=out) for part in COMMANDS[command]]
    child = subprocess.Popen(
        [*COMMAND, *args], stderr=subprocess.PIPE, env=environment(), preexec_fn=_default_interrupt
    )
    deadline = time.monotonic() + 30
    while not _half_written(out) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    child.send_signal(ending)
    _, errors = child.communicate(timeout=30)
    assert b"Traceback" not in errors
    if child.returncode != 0:  # it was not done before the signal came
        assert child.returncode == 128 + ending
        assert list(out.iterdir()) == []


def _half_written(out: Path) -> bool:
    return any(one.name.startswith(".ocianalyze-") for one in out.iterdir())


def _default_interrupt() -> None:
    """Whoever runs the tests in the background has them ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_load_is_ended_at_once(ending: signal.Signals) -> None:
    child = subprocess.Popen(
        [*COMMAND, "report", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    time.sleep(1)
    child.send_signal(ending)
    done, errors = child.communicate(timeout=20)
    assert child.returncode in (128 + ending, -ending)
    assert (done, errors) == (b"", b"")
