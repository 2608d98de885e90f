"""Pressing Tab on a path inside an image."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.making import WEBAPP, archive
from tests.cli.run import ROOT
from tests.tar_builders import layer_tar


def completed(*words: str) -> list[str]:
    """What bash is told when Tab is pressed at the end of *words*."""
    line = " ".join(["ocianalyze", *words])
    env = {**os.environ, "_OCIANALYZE_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words))}
    done = subprocess.run([sys.executable, "-m", "ocianalyze"], env=env, cwd=ROOT, capture_output=True, check=False)
    assert done.stderr == b""
    return [word for word in done.stdout.decode().split("\n") if word]


@pytest.mark.parametrize("command", ["ls", "cat", "extract", "history", "tree", "find"])
def test_paths_inside_the_image_are_completed(command: str) -> None:
    assert completed(command, str(WEBAPP), "/etc/pa") == ["/etc/passwd"]


def test_directories_end_with_a_slash_and_links_are_followed() -> None:
    assert "/srv/" in completed("ls", str(WEBAPP), "/")
    assert completed("ls", str(WEBAPP), "/srv/app/si") == ["/srv/app/site/"]


def test_whatever_is_wrong_there_is_nothing_and_no_noise(tmp_path: Path) -> None:
    for image in ("README.md", "nowhere.tar", "."):
        assert completed("ls", image, "/etc/pa") == []
    assert completed("ls", str(WEBAPP), "/nowhere/at/all/x") == []
    path = archive(tmp_path, layer_tar(("evil\x1b[2J", b""), ("even", b"")))
    assert completed("ls", str(path), "/ev") == ["/even"]
