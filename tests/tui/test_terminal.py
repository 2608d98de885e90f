"""One run from end to end in a real terminal: tmux, the command line, a sample image, keys as bytes."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample-images" / "webapp-v2.tar"

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None or not SAMPLE.exists(), reason="needs tmux and the sample images"
)


class Terminal:
    """A tmux server of its own, with one window."""

    def __init__(self, socket: Path) -> None:
        self._tmux = ("tmux", "-S", str(socket), "-f", "/dev/null")

    def call(self, *arguments: str) -> str:
        done = subprocess.run([*self._tmux, *arguments], check=True, capture_output=True, text=True, cwd=ROOT)
        return done.stdout

    def start(self, command: str) -> None:
        self.call("new-session", "-d", "-x", "160", "-y", "50", command)
        self.call("resize-window", "-x", "160", "-y", "50")

    def keys(self, *keys: str) -> None:
        self.call("send-keys", *keys)

    def wait_for(self, *words: str, seconds: float = 30) -> str:
        """The screen, once it shows all of *words*."""
        text = ""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text = self.call("capture-pane", "-p")
            if all(word in text for word in words):
                return text
            time.sleep(0.1)
        raise AssertionError(f"never seen: {words}\n{text}")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path / "tmux")
    yield terminal
    subprocess.run([*terminal._tmux, "kill-server"], check=False, capture_output=True)


def test_an_image_is_browsed_in_a_terminal(terminal: Terminal, tmp_path: Path) -> None:
    code = tmp_path / "code"
    command = shlex.join([sys.executable, "-m", "ocianalyze", "browse", str(SAMPLE)])
    terminal.start(f"env -u COLUMNS -u LINES CI=true {command}; echo $? > {shlex.quote(str(code))}; sleep 60")
    terminal.wait_for("Merged tree after layer 9", "RUN rm -rf /var/cache/apt", "usr/")
    terminal.keys("Up")
    terminal.wait_for("Merged tree after layer 8")
    terminal.keys("Tab", "C-Space")
    terminal.wait_for("busybox")
    terminal.keys("/")
    terminal.wait_for("To the tree")
    terminal.keys("*", ".", "d", "e", "b")
    shown = terminal.wait_for("tini_0.19", "3 paths")
    assert "busybox" not in shown
    terminal.keys("Enter")
    terminal.wait_for("killed by layer 8: RUN rm -rf")
    terminal.keys("Enter")
    terminal.wait_for("Debian package")
    terminal.keys("Escape")
    terminal.wait_for("killed by layer 8")
    terminal.call("resize-window", "-x", "80", "-y", "24")
    terminal.wait_for("1 Layers", "2 Tree", "3 Details")
    terminal.keys("q")
    end = time.monotonic() + 15
    while not code.exists() or not code.read_text().strip():
        assert time.monotonic() < end
        time.sleep(0.1)
    assert code.read_text().strip() == "0"
