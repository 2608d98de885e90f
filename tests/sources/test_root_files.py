"""Root file systems without an image: told for what they are, and read as an image of one layer."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from ocianalyze.errors import ArchiveError
from tests.archive_builders import docker_files, pack, spread
from tests.cli.run import run, spawn
from tests.compressing import COMPRESS
from tests.loading.loader import Loader, codes, complaint, load_image, paths
from tests.tar_builders import layer_tar

FILES = [("bin/sh", b"#!"), ("etc/passwd", b"root:x:0:0::/:/bin/sh\n"), ("usr/x", b"xxx")]
NAMES = [name for name, _ in FILES]
EXPORT = layer_tar((".dockerenv", b""), *FILES)
ROOT = layer_tar(*FILES)


@pytest.mark.parametrize("compression", COMPRESS)
def test_a_tar_by_docker_export_is_an_image_of_one_layer(load: Loader, compression: str) -> None:
    image = load(COMPRESS[compression](EXPORT))
    assert (paths(image), codes(image)) == ([[".dockerenv", *NAMES]], ["root-file-system"])
    assert (image.layout, image.names, image.digest, str(image.platform)) == ("rootfs", (), None, "linux")
    assert image.archive_size == load.path.stat().st_size
    assert run("verify", str(load.path)).returncode == 0
    done = run("cat", str(load.path), "/etc/passwd")
    assert (done.returncode, done.stdout) == (0, "root:x:0:0::/:/bin/sh\n")
    assert json.loads(run("report", "--json", str(load.path)).stdout)["image"]["layout"] == "rootfs"


def test_an_image_whose_archive_also_holds_such_a_file_is_an_image(load: Loader) -> None:
    image = load({".dockerenv": b"", **docker_files(ROOT)})
    assert (image.layout, paths(image)) == ("docker-archive", [NAMES])


@pytest.mark.parametrize("compression", COMPRESS)
def test_any_tar_is_read_where_that_is_asked_for(load: Loader, compression: str) -> None:
    load.path.write_bytes(COMPRESS[compression](layer_tar(("readme", b"x"))))
    assert paths(load_image(f"rootfs:{load.path}")) == [["readme"]]
    assert paths(load(COMPRESS[compression](layer_tar(("readme", b"x"))), rootfs=True)) == [["readme"]]
    assert codes(load_image(f"rootfs:{load.path}")) == []
    assert run("ls", "--rootfs", str(load.path)).stdout == run("ls", f"rootfs:{load.path}").stdout
    assert "readme" in spawn("ls", "--rootfs", "-", stdin=load.path.read_bytes()).stdout


def test_a_directory_is_read_where_that_is_asked_for(load: Loader, tmp_path: Path) -> None:
    root = spread(dict(FILES), tmp_path / "root")
    for name in (f"rootfs:{root}", f"rootfs:{root}/"):
        image = load_image(name)
        assert sorted(paths(image)[0]) == sorted(["", "bin", "etc", "usr", *NAMES])
        assert (image.layout, image.archive_size) == ("rootfs", sum(len(data) for _, data in FILES))
    assert run("verify", "--rootfs", str(root)).returncode == 0
    assert run("cat", "--rootfs", str(root), "/usr/x").stdout == "xxx"


def test_a_directory_and_the_tar_of_it_have_the_same_merged_view(tmp_path: Path) -> None:
    root = spread(dict(FILES), tmp_path / "root")
    (root / "usr/y").hardlink_to(root / "usr/x")
    done = run("export", "--rootfs", str(root), "-o", str(tmp_path / "one.tar"))
    assert done.returncode == 0
    assert run("export", f"rootfs:{tmp_path / 'one.tar'}", "-o", str(tmp_path / "two.tar")).returncode == 0
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
    with tarfile.open(tmp_path / "one.tar") as tar:
        assert tar.getmember("usr/y").linkname == "usr/x"


def test_a_root_file_system_becomes_an_image(tmp_path: Path) -> None:
    root = spread(dict(FILES), tmp_path / "root")
    target = tmp_path / "image.tar"
    assert run("convert", "--rootfs", str(root), "-o", str(target), "--name", "mine:1").returncode == 0
    image = load_image(str(target))
    assert (image.names, sorted(paths(image)[0])) == (("mine:1",), sorted(["", "bin", "etc", "usr", *NAMES]))


LOOKS = {
    "the tar of a root file system": (ROOT, "it is a root file system"),
    "a layer with a whiteout": (layer_tar(("app/.wh.old", b""), ("app/new", b"")), "it is one layer of an image"),
    "a layer with an opaque directory": (layer_tar(("app/.wh..wh..opq", b"")), "it is one layer of an image"),
    "a Windows container's files": (
        layer_tar(("Windows/x", b""), ("Users/x", b""), ("ProgramData/x", b"")),
        "it is a root file system",
    ),
    "a layer of Windows": (layer_tar(("Files/x", b""), ("Hives/System_Base", b"")), "it is one layer of an image"),
}


@pytest.mark.parametrize("case", LOOKS)
def test_what_looks_like_one_is_told_with_both_ways_on(load: Loader, case: str) -> None:
    data, words = LOOKS[case]
    with complaint(ArchiveError, words):
        load(data)


def test_the_ways_on_are_named(load: Loader, tmp_path: Path) -> None:
    with complaint(ArchiveError, "docker save IMAGE -o image.tar", "rootfs:PATH reads it"):
        load(ROOT)
    assert "--rootfs reads it as an image of one layer" in run("report", str(load.path)).stderr
    root = spread(dict(FILES), tmp_path / "root")
    done = run("report", str(root))
    assert (done.returncode, "buildah mount" in done.stderr, "--rootfs" in done.stderr) == (3, True, True)
    assert run("report", "--rootfs", str(root)).returncode == 0


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_what_powershell_makes_of_an_archive_is_told(load: Loader, encoding: str) -> None:
    spoiled = ("\ufeff" + pack(docker_files(ROOT)).decode("cp437").replace("\n", "\r\n")).encode(encoding)
    with complaint(ArchiveError, "UTF-16", "PowerShell", "docker save -o image.tar"):
        load(spoiled)
    assert "PowerShell" in spawn("report", "-", stdin=spoiled).stderr


def test_what_is_no_root_file_system(load: Loader, tmp_path: Path) -> None:
    with complaint(ArchiveError, "is no root file system", "a directory or a tar"):
        load(b"text\n" * 1000, rootfs=True)
    with complaint(ArchiveError, "no such file"):
        load_image(f"rootfs:{tmp_path}/gone")
