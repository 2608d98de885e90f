"""Open images out of real archives, for tests that read bytes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ocianalyze.api import OpenedImage, open_image
from tests.archive_builders import oci_files, pack

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "sample-images"
WEBAPP = SAMPLES / "webapp-v1.tar"


def archive(tmp_path: Path, *tars: bytes, compression: str = "gzip") -> Path:
    """An OCI archive of layers."""
    path = tmp_path / "image.tar"
    path.write_bytes(pack(oci_files(*tars, compression=compression)))
    return path


def open_layers(tmp_path: Path, *tars: bytes, compression: str = "gzip") -> OpenedImage:
    return open_image(str(archive(tmp_path, *tars, compression=compression)))


def ocianalyze(*args: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own."""
    command = [sys.executable, "-m", "ocianalyze", *map(str, args)]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=ROOT, timeout=120, check=False)
