"""A bare IMAGE on a terminal opens the user interface, whose keys come from the terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.run import COMMAND, WEBAPP, environment

_ALTERNATE_SCREEN = b"\x1b[?1049h"


def on_a_terminal(*args: str, archive: bytes | None, keys: bytes) -> tuple[int, bytes]:
    """Run ocianalyze on a terminal of its own, press *keys* when it draws; the exit code and what it drew."""
    mine, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, *args],
        stdin=theirs if archive is None else subprocess.PIPE,
        stdout=theirs,
        stderr=theirs,
        env=environment(TERM="xterm-256color"),
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(1, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    if process.stdin is not None:
        process.stdin.write(archive or b"")
        process.stdin.close()
    try:
        # A key of the first screen that knows the image.
        shown = _read(mine, lambda so_far: b"Filter" in so_far)
        os.write(mine, keys)
        # A program that draws faster than somebody reads would wait, and never see the key.
        shown += _read(mine, lambda _: process.poll() is not None)
        return process.wait(30), shown
    finally:
        process.kill()
        process.wait()
        os.close(mine)


def _read(terminal: int, enough: Callable[[bytes], bool]) -> bytes:
    shown, end = b"", time.monotonic() + 30
    while not enough(shown) and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:  # how Linux says that the other end was closed
                break
    return shown


@pytest.mark.parametrize("archive", [None, Path(WEBAPP).read_bytes()], ids=["a file", "standard input"])
def test_a_bare_image_on_a_terminal_is_browsed_until_q(archive: bytes | None) -> None:
    code, shown = on_a_terminal(WEBAPP if archive is None else "-", archive=archive, keys=b"q")
    assert _ALTERNATE_SCREEN in shown
    assert b"rootfs.tar.gz" in shown
    assert code == 0
