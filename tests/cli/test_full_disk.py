"""A disk that is full, for which a limit on the size of files stands in: a line says so, and nothing stays behind."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.making import archive
from tests.cli.run import ROOT
from tests.tar_builders import layer_tar

_FULL = """
import resource, signal
from ocianalyze.cli.start import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
main()
"""

COMMANDS = {
    "extract": ("extract", "IMAGE", "/", "-o", "OUT"),
    "extract into a directory": ("extract", "IMAGE", "/", "-o", "."),
    "export": ("export", "IMAGE", "-o", "OUT"),
    "export a layer": ("export", "IMAGE", "--only-layer", "0", "-o", "OUT"),
    "squash": ("export", "IMAGE", "--squash", "-o", "OUT"),
    "squash, plain": ("export", "IMAGE", "--squash", "--compress", "none", "-o", "OUT"),
    "convert to an archive": ("convert", "IMAGE", "-o", "OUT"),
    "convert to a docker archive": ("convert", "IMAGE", "--to", "docker-archive", "-o", "OUT"),
    "convert to a layout": ("convert", "IMAGE", "--to", "oci-layout", "-o", "OUT"),
    "report as JSON": ("report", "IMAGE", "--json", "-o", "OUT"),
    "report as HTML": ("report", "IMAGE", "-o", "OUT.html"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_is_told_and_nothing_stays(name: str, tmp_path: Path) -> None:
    chance = random.Random(1)
    files = [(f"f{number}", chance.randbytes(500)) for number in range(500)]
    files.append(("big", chance.randbytes(50_000)))
    image = archive(tmp_path, layer_tar(*files), layer_tar(*((f"f{number}", b"") for number in range(500))))
    (tmp_path / "mine").write_text("mine")
    command = [sys.executable, "-c", _FULL, *COMMANDS[name]]
    command[3:] = [{"IMAGE": str(image), "OUT": "out"}.get(word, word) for word in command[3:]]
    done = subprocess.run(
        command,
        capture_output=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert b"File too large" in done.stderr
    assert b"Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["image.tar", "mine"]
