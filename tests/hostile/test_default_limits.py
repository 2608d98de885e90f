"""What a hostile image costs at the default limits: at most 20 seconds of processor time and 1 GB of memory.

Each attack runs in a child, whose own use of the machine is read when it ends.
"""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from isal import igzip

from tests.archive_builders import Layout, config, docker_files, oci_files, pack, to_json
from tests.cli.run import COMMAND, environment
from tests.compressing import COMPRESS
from tests.tar_builders import header, layer_tar

CPU_SECONDS = 20
MEMORY = 1 << 30
_OCI = "application/vnd.oci.image."


@dataclass(frozen=True)
class Cost:
    """What a child did and used."""

    code: int
    cpu: float
    memory: int
    stderr: str


def watched(*args: str, stdin: int | None = None) -> Cost:
    """Run the program with *args* and read what it used; killed far beyond the limits."""
    child = subprocess.Popen(
        [*COMMAND, *args],
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
        preexec_fn=_limited,
    )
    assert child.stderr is not None
    stderr = child.stderr.read().decode()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stderr.close()
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(child.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss * unit, stderr)


def _limited() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (4 * CPU_SECONDS, 4 * CPU_SECONDS))


def stopped(cost: Cost, limit: str) -> None:
    """The attack ended at the *limit* of that name, which the message says once, and cost no more than promised."""
    assert cost.code == 3, cost.stderr
    assert cost.stderr.count(f"--limit {limit}=") == 1, cost.stderr
    assert cost.cpu <= CPU_SECONDS, cost
    assert cost.memory <= MEMORY, cost


@pytest.mark.heavy
def test_many_layers_that_each_inflate_to_two_gigabytes(tmp_path: Path) -> None:
    piece = igzip.compress(bytes(64 << 20), 1)
    blobs = [piece * 31 + gzip.compress(bytes([number])) for number in range(12)]
    documents = [{"Config": "c.json", "Layers": [f"{number}.tar.gz" for number in range(12)]}]
    files = {f"{number}.tar.gz": blob for number, blob in enumerate(blobs)}
    path = tmp_path / "image.tar.gz"
    path.write_bytes(gzip.compress(pack({"manifest.json": to_json(documents), "c.json": b"{}", **files})))
    assert path.stat().st_size < 200_000
    stopped(watched("report", str(path)), "total")


def test_a_blob_of_holes_is_not_read_when_its_size_is_not_as_claimed(tmp_path: Path) -> None:
    layout = oci_files(layer_tar(("f", b"x")), compression="none")
    for name, data in layout.items():
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        assert isinstance(data, bytes)
        place.write_bytes(data)
    blob = max((tmp_path / "blobs/sha256").iterdir(), key=lambda one: one.stat().st_size)
    os.truncate(blob, 1 << 40)
    cost = watched("report", str(tmp_path))
    assert cost.code == 3
    assert "the size of the blob is 1,099,511,627,776 bytes" in cost.stderr
    assert cost.cpu < 5


@pytest.mark.heavy
def test_a_layer_of_holes_without_a_claim_ends_at_a_limit(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(to_json([{"Config": "c.json", "Layers": ["layer.tar"]}]))
    (tmp_path / "c.json").write_text("{}")
    (tmp_path / "layer.tar").write_bytes(layer_tar(("f", b"x")))
    os.truncate(tmp_path / "layer.tar", 1 << 40)
    stopped(watched("report", str(tmp_path)), "total")


def test_endless_zeros_are_no_archive() -> None:
    with Path("/dev/zero").open("rb") as zeros:
        by_name, piped = watched("report", "/dev/zero"), watched("report", "-", stdin=zeros.fileno())
    for cost in (by_name, piped):
        assert cost.code == 3
        assert "is not a tar archive" in cost.stderr
        assert cost.cpu < 5


@pytest.mark.parametrize("command", ["report", "cat", "convert"])
def test_an_endless_pipe_is_no_archive(tmp_path: Path, command: str) -> None:
    with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as yes:
        assert yes.stdout is not None
        rest = {"cat": ["/x"], "convert": ["-o", str(tmp_path / "out")]}.get(command, [])
        cost = watched(command, "-", *rest, stdin=yes.stdout.fileno())
        yes.kill()
    assert cost.code == 3
    assert "is not a tar archive" in cost.stderr
    assert cost.cpu < 5


def _docker(layers: list[str], **files: bytes) -> bytes:
    documents = [{"Config": "c.json", "Layers": layers}]
    return pack({"manifest.json": to_json(documents), "c.json": b"{}", **files})


@pytest.mark.parametrize(
    ("layers", "members", "limit"), [(1, 200_000, "ratio"), (4, 100_000, "total")], ids=["one layer", "all layers"]
)
@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_members_without_content(tmp_path: Path, compression: str, layers: int, members: int, limit: str) -> None:
    blob = COMPRESS[compression](b"") * members
    tars = [layer_tar((f"f{number}", b"")) for number in range(layers)]
    files = {f"{number}.tar.gz": blob + COMPRESS[compression](one) for number, one in enumerate(tars)}
    path = tmp_path / "image.tar.gz"
    path.write_bytes(gzip.compress(_docker(list(files), **files)))
    assert path.stat().st_size < 200_000
    stopped(watched("report", str(path)), limit)


def test_an_archive_of_members_without_content(tmp_path: Path) -> None:
    path = tmp_path / "image.tar.zst"
    path.write_bytes(COMPRESS["zstd"](_docker([])) + COMPRESS["zstd"](b"") * 1_000_000)
    stopped(watched("report", str(path)), "ratio")


def test_more_layers_than_any_image_has(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(_docker(["l.tar"] * 10_000, **{"l.tar": layer_tar(*((f"f{n}", b"") for n in range(300)))}))
    stopped(watched("report", str(path)), "layers")


@pytest.mark.heavy
def test_as_many_layers_as_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(_docker(["l.tar"] * 1000, **{"l.tar": layer_tar(*((f"f{n}", b"") for n in range(300)))}))
    cost = watched("report", str(path))
    assert cost.code == 0, cost.stderr
    assert cost.cpu <= CPU_SECONDS, cost
    assert cost.memory <= MEMORY, cost


@pytest.mark.heavy
def test_an_archive_of_millions_of_members(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    with path.open("wb") as out:
        block = b"".join(header(b"%07d" % number) for number in range(50_000))
        for _ in range(60):
            out.write(block)
    stopped(watched("report", str(path)), "members")


@pytest.mark.parametrize("what", ["steps", "variables"])
def test_documents_that_list_too_much(tmp_path: Path, what: str) -> None:
    tar = layer_tar(("f", b""))
    if what == "steps":
        more: dict[str, Any] = {"history": [{"created_by": "RUN x", "empty_layer": True}] * 50_000}
    else:
        more = {"config": {"Env": [f"A{number}=x" for number in range(50_000)]}}
    layout = Layout()
    manifest = layout.manifest(
        layout.blob(to_json({**config([tar]), **more}), f"{_OCI}config.v1+json"), [layout.layer(tar)]
    )
    path = tmp_path / "image.tar"
    path.write_bytes(pack(layout.files(layout.blob(manifest, f"{_OCI}manifest.v1+json"))))
    for command in ("report", "dockerfile"):
        stopped(watched(command, str(path)), what)


def _headers(count: int) -> Iterator[bytes]:
    """Headers of empty files of *count* different names."""
    template = bytearray(header(b"0000000"))
    zeros = sum(template[:148]) + 8 * 32 + sum(template[156:512])
    for number in range(count):
        name = b"%07d" % number
        template[:7] = name
        template[148:156] = b"%06o\0 " % (zeros - 7 * 48 + sum(name))
        yield bytes(template)


@pytest.mark.heavy
def test_millions_of_empty_entries(tmp_path: Path) -> None:
    out = io.BytesIO()
    chunk: list[bytes] = []
    for one in _headers(1_300_000):
        chunk.append(one)
        if len(chunk) == 100_000:
            out.write(igzip.compress(b"".join(chunk), 1))
            chunk.clear()
    out.write(igzip.compress(bytes(1024), 1))
    path = tmp_path / "image.tar"
    path.write_bytes(_docker(["l.tar.gz"], **{"l.tar.gz": out.getvalue()}))
    stopped(watched("report", str(path)), "entries")


@pytest.mark.heavy
def test_as_many_entries_as_are_allowed(tmp_path: Path) -> None:
    tar = b"".join(_headers(1_240_000)) + bytes(1024)
    path = tmp_path / "image.tar"
    path.write_bytes(_docker(["l.tar.gz"], **{"l.tar.gz": igzip.compress(tar, 1)}))
    cost = watched("report", str(path))
    assert cost.code == 0, cost.stderr
    assert cost.cpu <= CPU_SECONDS, cost
    assert cost.memory <= MEMORY, cost


def test_a_harmless_image_costs_next_to_nothing(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(pack(docker_files(layer_tar(("f", b"")))))
    cost = watched("report", str(path))
    assert cost.code == 0
    assert cost.cpu < 3
