"""Ctrl-C ends a run at once, whatever its threads are doing."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.run import COMMAND, WEBAPP, environment

_SLOW = """
import signal, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
import ocianalyze.api
from ocianalyze.loading.progress import PlannedLayer
from ocianalyze.model.documents import History

def slow(source, *, progress, **more):
    if progress:
        progress.begin([PlannedLayer(index=0, blob_size=1000, history=History(created_by="RUN \\x1b[31mmake [x]"))])
        progress.advance(0, 500)
    with ThreadPoolExecutor() as pool:
        pool.submit(time.sleep, 30)
        sys.stdout.write("READY\\n"); sys.stdout.flush()
        time.sleep(30)

ocianalyze.api.open_image = slow
signal.signal(signal.SIGINT, signal.default_int_handler)
from ocianalyze.cli.app import main
main()
"""

_STARTING = """
import os, signal, sys

module = sys.argv.pop(1)

class Lost:
    def __del__(self):  # an exception in here is lost, as in some call-backs of the import system
        os.kill(os.getpid(), signal.SIGINT)

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            Lost()

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupting())
from ocianalyze.cli.start import main
main()
"""


def interrupted(stderr: int) -> tuple[subprocess.Popen[bytes], float]:
    """A run that was interrupted in the middle of a load, and how long it took to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW, "report", WEBAPP],
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=environment(TERM="xterm"),
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"READY\n"
    time.sleep(0.5)  # the bar is drawn ten times a second
    begun = time.perf_counter()
    process.send_signal(signal.SIGINT)
    process.wait(20)
    return process, time.perf_counter() - begun


def test_an_interrupt_waits_for_no_thread() -> None:
    process, seconds = interrupted(subprocess.DEVNULL)
    assert process.returncode == 130
    assert seconds < 2


@pytest.mark.parametrize("module", ["typer", "ocianalyze.cli.report", "ocianalyze.api.load", "isal"])
def test_an_interrupt_during_the_start_is_no_traceback(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _STARTING, module, "report", WEBAPP],
        capture_output=True,
        env=environment(),
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, b"", b"")


def test_an_interrupt_gives_the_cursor_back_and_the_bar_is_harmless() -> None:
    mine, theirs = pty.openpty()
    process, _ = interrupted(theirs)
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(mine, 65536):
            shown += chunk
    except OSError:
        pass
    os.close(mine)
    assert process.returncode == 130
    assert b"\x1b[?25l" in shown
    assert shown.rfind(b"\x1b[?25h") > shown.rfind(b"\x1b[?25l")
    assert b"RUN \\x1b[31mmake [x]" in shown
    assert b"Traceback" not in shown


def test_a_background_job_that_ignores_interrupts_keeps_ignoring_them() -> None:
    process = subprocess.Popen(
        [*COMMAND, "report", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(Path(WEBAPP).read_bytes(), timeout=30)
    assert (process.returncode, errors) == (0, b"")
