"""Names and links that lead out of the archive, in circles, nowhere, or to what is no file."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.errors import ArchiveError, DocumentError, MissingBlobError
from tests.archive_builders import Files, Link, changed, docker_files, legacy_files, oci_files, pack, spread, to_json
from tests.compressing import gzipped
from tests.loading.loader import Loader, complaint, load_image, paths
from tests.loading.samples import BASE, blob_name
from tests.tar_builders import header, member, pax

ASTRAY = ["../../etc/passwd", "/../etc/passwd", "a/../../etc/passwd", "..", "./../x"]


@pytest.mark.parametrize("name", ASTRAY)
@pytest.mark.parametrize("key", ["Config", "Layers"])
@pytest.mark.parametrize("place", ["tar", "directory"])
def test_a_manifest_that_names_what_is_outside_the_archive(load: Loader, name: str, key: str, place: str) -> None:
    value = [name] if key == "Layers" else name
    files = changed(docker_files(BASE), "manifest.json", lambda old: [{**old[0], key: value}])
    with complaint(ArchiveError, "outside the archive", name):
        load(files) if place == "tar" else load.from_directory(files)


def test_an_absolute_name_is_one_inside_the_archive(load: Loader) -> None:
    files = changed(docker_files(BASE), "manifest.json", lambda old: [{**old[0], "Layers": ["/etc/passwd"]}])
    with complaint(MissingBlobError, "layer 0", "etc/passwd"):
        load(files)
    with complaint(MissingBlobError, "layer 0", "etc/passwd"):
        load.from_directory(files)


@pytest.mark.parametrize("target", ["../../../etc/passwd", "../../x", "/../x"])
@pytest.mark.parametrize("hard", [True, False])
def test_a_link_that_leaves_the_archive(load: Loader, target: str, hard: bool) -> None:
    files = docker_files(BASE)
    files[blob_name(files)] = Link(target, hard)
    with complaint(ArchiveError, "outside the archive"):
        load(files)


def test_links_that_loop_or_lead_nowhere(load: Loader) -> None:
    files = docker_files(BASE)
    name = blob_name(files)
    folder = name.partition("/")[0]
    for loop in ({name: Link("layer.tar")}, {name: Link("b"), f"{folder}/b": Link("layer.tar")}):
        with complaint(ArchiveError, "leads back to itself"):
            load({**files, **loop})
    with complaint(MissingBlobError, "layer 0", "which", "links to"):
        load({**files, name: Link("gone")})
    long: Files = {f"{folder}/{number}": Link(str(number + 1)) for number in range(2000)}
    assert paths(load({**files, name: Link("0"), **long, f"{folder}/2000": BASE})) == [["etc/os-release", "bin/sh"]]


def test_a_repositories_file_that_leads_astray_or_in_circles(load: Loader) -> None:
    with complaint(ArchiveError, "outside the archive"):
        load({**legacy_files(BASE), "repositories": to_json({"a": {"b": "../../etc"}})})
    files = legacy_files(BASE)
    name = next(name for name in files if name.endswith("/json"))
    layer_id = name.partition("/")[0]
    with complaint(DocumentError, "its own ancestor"):
        load(changed(files, name, lambda value: {**value, "parent": layer_id}))
    with complaint(MissingBlobError, "gone"):
        load(changed(files, name, lambda value: {**value, "parent": "gone"}))


def test_a_link_that_leaves_a_layout_directory(load: Loader, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(gzipped(BASE))
    files = oci_files(BASE)
    for target in ("../../../outside", str(tmp_path / "outside"), "/etc/passwd"):
        with complaint(ArchiveError, "leads out of the image directory"):
            load.from_directory({**files, blob_name(files): Link(target)})
        (load.directory / blob_name(files)).unlink()
    inside = {**files, "blobs/kept": gzipped(BASE), blob_name(files): Link("../kept")}
    assert paths(load.from_directory(inside)) == [["etc/os-release", "bin/sh"]]


def test_a_document_that_leads_out_of_a_directory_is_not_told_as_missing(load: Loader, tmp_path: Path) -> None:
    files = oci_files(BASE)
    spread(files, tmp_path / "elsewhere")
    for linked in ("index.json", "blobs"):
        rest = {name: data for name, data in files.items() if not name.startswith(linked)}
        with complaint(ArchiveError, "leads out of the image directory", "cp -rL"):
            load.from_directory({**rest, linked: Link(f"../elsewhere/{linked}")})
        shutil.rmtree(load.directory)


def test_blobs_that_are_not_ours_to_look_at_are_not_told_as_missing(
    load: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.stat

    def refuse(path: Any, **more: Any) -> os.stat_result:
        if "/blobs/sha256/" in os.fspath(path):
            raise PermissionError(13, "Permission denied", path)
        return real(path, **more)

    spread(oci_files(BASE), load.directory)
    monkeypatch.setattr(os, "stat", refuse)
    with complaint(ArchiveError, "Permission denied", "permissions"):
        load_image(str(load.directory))


def test_a_loop_of_links_a_fifo_and_a_directory_as_blobs_of_a_directory(load: Loader) -> None:
    files = oci_files(BASE)
    name = blob_name(files)
    load.from_directory(files)
    path = load.directory / name
    path.unlink()
    path.symlink_to(path.name)
    with complaint(ArchiveError, path.name):
        load_image(str(load.directory))
    path.unlink()
    os.mkfifo(path)
    with complaint(ArchiveError, "not a regular file"):
        load_image(str(load.directory))
    path.unlink()
    path.mkdir()
    with complaint(ArchiveError, "not a regular file"):
        load_image(str(load.directory))


def test_a_directory_or_device_as_a_blob_of_a_tar_is_no_blob(load: Loader) -> None:
    files = docker_files(BASE)
    name = blob_name(files)
    rest = pack({key: data for key, data in files.items() if key != name})
    for kind in (tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
        with complaint(MissingBlobError, "layer 0"):
            load(header(b"x" * 100, kind=kind) + header(name.encode(), kind=kind) + rest)


def test_a_sparse_member_of_the_archive_is_told_instead_of_read_wrong(load: Loader) -> None:
    files = docker_files(BASE)
    name = blob_name(files)
    rest = pack({key: data for key, data in files.items() if key != name})
    records = {b"GNU.sparse.map": b"0,512", b"GNU.sparse.size": b"5120"}
    with complaint(ArchiveError, "sparse"):
        load(pax(records) + member(name.encode(), BASE[:512]) + rest)
