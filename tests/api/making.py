"""Open images out of real archives, for tests that read bytes."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

from typer.testing import CliRunner

from ocianalyze.api import OpenedImage, open_image
from ocianalyze.cli.app import app
from tests.archive_builders import oci_files, pack
from tests.cli.run import COMMAND, ROOT, SAMPLES

WEBAPP = SAMPLES / "webapp-v1.tar"


def archive(tmp_path: Path, *tars: bytes, compression: str = "gzip") -> Path:
    """An OCI archive of layers."""
    path = tmp_path / "image.tar"
    path.write_bytes(pack(oci_files(*tars, compression=compression)))
    return path


def open_layers(tmp_path: Path, *tars: bytes, compression: str = "gzip") -> OpenedImage:
    return open_image(str(archive(tmp_path, *tars, compression=compression)))


def ocianalyze(*args: str | Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """The program in this process, or with *stdin* in one of its own."""
    words = [*map(str, args)]
    if stdin is not None:
        command = [*COMMAND, *words]
        return subprocess.run(command, input=stdin, capture_output=True, cwd=ROOT, timeout=120, check=False)
    with contextlib.chdir(ROOT):
        done = CliRunner().invoke(app, words, prog_name="ocianalyze")
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout_bytes, done.stderr_bytes)
