"""An image is opened once: counted for each command, and what is read a second time is what the scan found."""

from __future__ import annotations

import gzip
import io
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.api import OpenedImage, open_image, open_pair
from ocianalyze.api.files import convert_image, export_layer, export_tar
from ocianalyze.errors import ArchiveError, DigestMismatchError, OcianalyzeError, UsageError
from ocianalyze.sources import opening, store
from tests.api.making import WEBAPP, archive, open_layers
from tests.archive_builders import docker_25_files, docker_files, oci_files, pack, skopeo_dir_files, spread
from tests.cli.run import run
from tests.tar_builders import layer_tar

SECOND = [
    ["report", "--json"],
    ["cat", "/etc/passwd"],
    ["grep", "root", "/etc"],
    ["extract", "/etc", "-o", "{out}"],
    ["export", "-o", "{out}"],
    ["export", "--squash", "-o", "{out}"],
    ["export", "--only-layer", "0", "-o", "{out}"],
    ["convert", "-o", "{out}"],
    ["verify"],
]


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often an archive was opened, decompressed and indexed."""
    found: Counter[str] = Counter()

    def counting(module: Any, name: str) -> None:
        real = getattr(module, name)

        def counted(*args: Any, **more: Any) -> Any:
            found[name] += 1
            return real(*args, **more)

        monkeypatch.setattr(module, name, counted)

    for module, name in ((opening, "_open_file"), (opening, "_standard_input"), (opening, "_spool")):
        counting(module, name)
    counting(store, "index_members")
    return found


@pytest.mark.parametrize("command", SECOND, ids=" ".join)
@pytest.mark.parametrize("form", ["plain", "gzip", "-"])
def test_every_command_opens_decompresses_and_indexes_its_image_once(
    tmp_path: Path, counts: Counter[str], monkeypatch: pytest.MonkeyPatch, command: list[str], form: str
) -> None:
    image = tmp_path / "image"
    image.write_bytes(gzip.compress(WEBAPP.read_bytes(), 1) if form == "gzip" else WEBAPP.read_bytes())
    with image.open("rb") as file:
        if form == "-":
            monkeypatch.setattr(opening, "STANDARD_INPUT", "-")
            monkeypatch.setattr(os, "dup", _dup_of(file.fileno(), os.dup))
        name, *rest = (part.format(out=tmp_path / "out") for part in command)
        done = run(name, "-" if form == "-" else str(image), *rest)
    assert done.returncode == 0, done.stderr
    if form == "plain":
        assert counts == {"_open_file": 1, "index_members": 1}
    elif form == "gzip":
        assert counts == {"_open_file": 1, "_spool": 1, "index_members": 1}
    else:
        assert counts == {"_standard_input": 1, "index_members": 1}


def _dup_of(stands_in: int, dup: Callable[[int], int]) -> Callable[[int], int]:
    """`os.dup`, for which standard input is *stands_in*."""
    return lambda fd: dup(stands_in if fd == 0 else fd)


def test_a_comparison_opens_each_image_once(counts: Counter[str]) -> None:
    assert run("diff", str(WEBAPP), str(WEBAPP), "--content", "/etc/passwd").returncode == 0
    assert counts == {"_open_file": 2, "index_members": 2}


@pytest.fixture(params=["none", "gzip", "zstd"])
def changed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenedImage]:
    """An open image, in whose file something else was written since."""
    content, evil = b"content" * 400_000, b"EVIL!!!" * 400_000
    with open_layers(tmp_path, layer_tar(("f", content)), compression=request.param) as opened:
        other = tmp_path / "other"
        other.mkdir()
        data = archive(other, layer_tar(("f", evil)), compression=request.param).read_bytes()
        with (tmp_path / "image.tar").open("r+b") as file:
            file.write(data)
            file.truncate()
        yield opened


def test_bytes_that_changed_never_come_out_as_the_images(changed: OpenedImage, tmp_path: Path) -> None:
    """Files, parts of files, trees, tars and images alike."""
    out = io.BytesIO()
    entry = changed.layers[0].entries[0]
    attempts: list[Callable[[], object]] = [
        lambda: changed.read("f"),
        lambda: changed.contents.read(0, entry, start=7, length=70),
        lambda: b"".join(changed.chunks("f", start=1_000_000, length=7)),
        lambda: changed.extract("/f", to=tmp_path / "tree"),
        lambda: export_tar(changed, out),
        lambda: export_layer(changed, 0, io.BytesIO()),
        lambda: convert_image(changed, tmp_path / "converted", kind="oci-archive"),
        lambda: convert_image(changed, tmp_path / "converted", kind="oci-archive", compression="zstd"),
    ]
    for number, attempt in enumerate(attempts):
        with pytest.raises(OcianalyzeError) as caught:
            attempt()
        assert not isinstance(caught.value, UsageError), number
    assert sorted(path.name for path in tmp_path.iterdir()) == ["image.tar", "other"]


def test_a_file_that_was_only_touched_is_still_read(tmp_path: Path) -> None:
    with open_layers(tmp_path, layer_tar(("f", b"content"))) as opened:
        os.utime(tmp_path / "image.tar", (1, 1))
        assert opened.contents.read(0, opened.layers[0].entries[0], start=3, length=2) == b"te"


def test_an_image_can_be_removed_while_it_is_open(tmp_path: Path) -> None:
    with open_layers(tmp_path, layer_tar(("f", b"content"))) as opened:
        (tmp_path / "image.tar").unlink()
        assert opened.read("f") == b"content"


def test_closing_while_a_file_is_read_is_an_error_of_ours(tmp_path: Path) -> None:
    for compression in ("none", "gzip", "zstd"):
        opened = open_layers(tmp_path, layer_tar(("f", os.urandom(8 << 20))), compression=compression)
        chunks = opened.chunks("f")
        next(chunks)
        opened.close()
        with pytest.raises(OcianalyzeError):
            list(chunks)


NAMED = {
    "docker-archive": (docker_files, True),
    "oci-archive": (oci_files, True),
    "oci": (oci_files, False),
    "dir": (skopeo_dir_files, False),
}


@pytest.mark.parametrize("prefix", NAMED)
def test_a_source_is_named_by_its_prefix(tmp_path: Path, prefix: str) -> None:
    build, packed = NAMED[prefix]
    place = tmp_path / "image"
    if packed:
        place.write_bytes(pack(build(layer_tar(("f", b"x")))))
    else:
        spread(build(layer_tar(("f", b"x"))), place)
    with open_image(f"{prefix}:{place}") as opened:
        assert opened.read("f") == b"x"
        assert opened.image.source == f"{prefix}:{place}"
    others = set(NAMED) - {prefix}
    for other in others:
        with pytest.raises((ArchiveError, UsageError)):
            open_image(f"{other}:{place}")


def test_a_prefix_chooses_between_the_documents_of_docker_25(tmp_path: Path) -> None:
    place = tmp_path / "image.tar"
    place.write_bytes(pack(docker_25_files(layer_tar(("f", b"x")))))
    for prefix in ("docker-archive", "oci-archive"):
        with open_image(f"{prefix}:{place}") as opened:
            assert opened.image.layout == prefix


def test_a_name_behind_the_path_chooses_the_image() -> None:
    sample = WEBAPP.parent / "webapp-v1.tar"
    with open_image(f"oci-archive:{sample}:field-notes:1.0.0") as opened:
        assert opened.image.names == ("field-notes:1.0.0",)
    with pytest.raises(UsageError, match="holds no image 'other'"):
        open_image(f"oci-archive:{sample}:other")
    with open_image(f"oci-archive:{sample}:@0") as opened:
        assert opened.image.names == ("field-notes:1.0.0",)


def test_a_file_of_that_name_wins_over_a_prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dir:image").write_bytes(pack(docker_files(layer_tar(("f", b"x")))))
    with open_image("dir:image") as opened:
        assert opened.read("f") == b"x"


def test_a_pair_is_two_open_images() -> None:
    with open_pair(str(WEBAPP), str(WEBAPP)) as pair:
        assert pair.difference.is_empty
        assert pair.old.read("/etc/passwd") == pair.new.read("/etc/passwd")


def test_many_analyses_leave_no_descriptor_open(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("counts in /proc/self/fd")
    path = archive(tmp_path, layer_tar(("f", b"x")))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        open_image(str(path)).read("f")
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1


def test_a_mismatch_names_the_file(tmp_path: Path) -> None:
    with open_layers(tmp_path, layer_tar(("etc/f", b"content")), compression="none") as opened:
        path = tmp_path / "image.tar"
        path.write_bytes(path.read_bytes().replace(b"content", b"c0ntent"))
        with pytest.raises(DigestMismatchError, match="the content of /etc/f is blake3:"):
            opened.read("/etc/f")
