"""Where an archive comes from: files, directories, pipes and standard input; and that nothing is left behind."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from ocianalyze.errors import ArchiveError, LimitExceededError, OcianalyzeError
from ocianalyze.loading.options import LoadOptions
from ocianalyze.loading.progress import PlannedLayer
from ocianalyze.model.limits import ReadLimits
from tests.archive_builders import docker_files, oci_files, pack
from tests.compressing import gzipped, zstd_compressed
from tests.loading.loader import Loader, complaint, load_image, paths
from tests.tar_builders import layer_tar

BASE = layer_tar(("f", b"x" * 5000))
ARCHIVE = pack(docker_files(BASE))

_CHILD = """
import sys
from tests.loading.loader import load_image
from ocianalyze.errors import ArchiveError
try:
    image = load_image("-")
except ArchiveError as error:
    print("error:", error, "|", error.suggestion)
else:
    print(image.source, image.layout, image.archive_size, [entry.path for entry in image.layers[0].entries])
"""


def _run(command: str, data: bytes = b"") -> str:
    """What a child prints that loads `-`, its standard input arranged by a shell *command*."""
    done = subprocess.run(
        ["sh", "-c", command, "sh", sys.executable, "-c", _CHILD], input=data, capture_output=True, check=True
    )
    assert not done.stderr
    return done.stdout.decode()


@pytest.mark.parametrize("data", [ARCHIVE, gzipped(ARCHIVE), zstd_compressed(ARCHIVE)], ids=["plain", "gzip", "zstd"])
def test_standard_input_may_be_a_pipe_or_a_file(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "image"
    path.write_bytes(data)
    expected = f"- docker-archive {len(data)} ['f']\n"
    assert _run('cat | "$@"', data) == expected
    assert _run(f'"$@" < {path}') == expected


def test_standard_input_that_gives_nothing() -> None:
    assert _run('"$@" < /dev/null').startswith("error: standard input is empty")
    assert _run('"$@" <&-').startswith("error: standard input is closed | pipe an archive in: docker save")
    assert _run('"$@"', b"no archive\n" * 99).startswith("error: standard input is not a tar archive")


def test_a_terminal_as_standard_input_is_not_waited_for() -> None:
    controller, terminal = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-c", _CHILD], stdin=terminal, capture_output=True, timeout=30, check=True
        )
    finally:
        os.close(controller)
        os.close(terminal)
    assert done.stdout.startswith(b"error: standard input is a terminal")


def test_a_named_pipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(ARCHIVE,))
    writer.start()
    image = load_image(str(path))
    writer.join()
    assert paths(image) == [["f"]]
    assert image.archive_size == len(ARCHIVE)


def test_a_long_stream_that_is_no_tar_is_refused_at_once(tmp_path: Path) -> None:
    with complaint(ArchiveError, "/dev/urandom", "not a tar archive"):
        load_image("/dev/urandom")
    path = tmp_path / "text.gz"
    path.write_bytes(gzipped(b"text\n" * (40 << 20)))
    with complaint(ArchiveError, "not a tar archive"):
        load_image(str(path), options=LoadOptions(limits=ReadLimits(inflated=1 << 30)))


class Watch:
    """Progress that remembers."""

    def __init__(self) -> None:
        self.spools: list[int] = []
        self.planned: list[PlannedLayer] = []
        self.read = 0

    def spooled(self, done: int) -> None:
        self.spools.append(done)

    def begin(self, layers: Sequence[PlannedLayer]) -> None:
        self.planned = list(layers)

    def advance(self, layer: int, blob_bytes: int) -> None:
        assert layer in [planned.index for planned in self.planned]
        self.read += blob_bytes


def test_progress_counts_every_byte_of_every_planned_layer_once(load: Loader) -> None:
    other = layer_tar(("g", os.urandom(300_000)))
    for archive in (pack(oci_files(BASE, other, BASE)), gzipped(pack(docker_files(BASE, other)))):
        load.path.write_bytes(archive)
        watch = Watch()
        load_image(str(load.path), progress=watch)
        assert [layer.index for layer in watch.planned] == [0, 1]
        assert watch.read == sum(layer.blob_size for layer in watch.planned)
        assert watch.planned[1].history is not None
        assert watch.planned[1].history.created_by == "RUN step 1"
        assert watch.spools == sorted(watch.spools)
        assert watch.spools[-1:] == ([] if archive[:2] != b"\x1f\x8b" else [len(archive)])


# -- nothing is left behind --------------------------------------------------------------------------------


def test_the_spool_is_gone_after_success_and_after_failure(
    load: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    assert paths(load(gzipped(ARCHIVE))) == [["f"]]
    for data in (gzipped(ARCHIVE)[:-9], gzipped(layer_tar(("f", b""))), gzipped(b"text" * 999)):
        with complaint(ArchiveError):
            load(data)
    with complaint(LimitExceededError):
        load(gzipped(ARCHIVE), limits=ReadLimits(inflated=1000, ratio=1))
    assert list(spool.iterdir()) == []


def test_no_room_or_no_place_for_the_spool(load: Loader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    with complaint(ArchiveError, "temporary file", "No such file", "TMPDIR"):
        load(gzipped(ARCHIVE))
    if Path("/dev/full").exists():
        monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Path("/dev/full").open("wb", buffering=0))  # noqa: SIM115
        with complaint(ArchiveError, "temporary file", "No space left", "TMPDIR"):
            load(gzipped(ARCHIVE))


def test_descriptors_are_given_back_for_every_way_to_fail(load: Loader) -> None:
    """The check that every test of this directory has, for many failures in one."""
    for data in [ARCHIVE[:3000], gzipped(ARCHIVE[:3000]), gzipped(layer_tar(("f", b""))), b"x", gzipped(ARCHIVE)[:-9]]:
        with complaint(ArchiveError):
            load(data)
    files = oci_files(BASE)
    for name in files:
        for content in (b"", b"x", b"[]"):
            with contextlib.suppress(OcianalyzeError):
                load.from_directory({**files, name: content})


@pytest.mark.parametrize("archive", [ARCHIVE, gzipped(ARCHIVE)], ids=["plain", "spooled"])
def test_an_exception_of_a_progress_callback_comes_out_as_it_is(load: Loader, archive: bytes) -> None:
    class LeftError(Exception):
        pass

    class Leaver(Watch):
        def advance(self, layer: int, blob_bytes: int) -> None:
            raise LeftError(layer, blob_bytes)

    load.path.write_bytes(archive)
    with pytest.raises(LeftError):
        load_image(str(load.path), progress=Leaver())
