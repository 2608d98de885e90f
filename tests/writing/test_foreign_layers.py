"""Foreign layers, as Windows' base images are: listed where they are to be had, and kept by a conversion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.api import LoadOptions, open_image
from ocianalyze.api.files import convert_image
from ocianalyze.errors import UsageError
from tests.archive_builders import (
    DOCKER,
    DOCKER_MANIFEST,
    OCI_LAYER,
    Files,
    Layout,
    config,
    digest,
    from_json,
    pack,
    to_json,
)
from tests.cli.run import run
from tests.compressing import gzipped
from tests.loading.loader import load_image
from tests.tar_builders import layer_tar

BASE, APP = layer_tar(("Files/Windows/a.dll", b"a")), layer_tar(("Files/app/app.exe", b"MZ"))
WINDOWS = {"os": "windows", "architecture": "amd64", "os.version": "10.0.20348.1", "os.features": ["win32k"]}
URL = "https://example.com/base"
FOREIGN = {
    "docker": f"{DOCKER}.image.rootfs.foreign.diff.tar.gzip",
    "oci": f"{OCI_LAYER.replace('.v1', '.nondistributable.v1')}+gzip",
}
PARTIAL = LoadOptions(partial=True)


def windows(form: str, *, present: bool, **more: Any) -> Files:
    """An image for Windows whose base layer is foreign, in docker's or OCI's form."""
    layout = Layout()
    base = layout.blob(gzipped(BASE), FOREIGN[form], urls=[URL])
    if not present:
        del layout.blobs[f"blobs/sha256/{base['digest'][7:]}"]
    own = {"docker": f"{DOCKER}.image.rootfs.diff.tar.gzip", "oci": OCI_LAYER + "+gzip"}[form]
    settings = layout.blob(to_json(config([BASE, APP], **WINDOWS, **more)), f"{DOCKER}.container.image.v1+json")
    media_type = {"mediaType": DOCKER_MANIFEST} if form == "docker" else {}
    data = layout.manifest(settings, [base, layout.layer(APP, media_type=own)], **media_type)
    return layout.files(layout.blob(data, DOCKER_MANIFEST, platform=WINDOWS))


def written(path: Path, files: Files) -> str:
    path.write_bytes(pack(files))
    return str(path)


def manifest(layout: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The descriptor in the index, and the manifest that it means."""
    [listed] = from_json((layout / "index.json").read_bytes())["manifests"]
    return listed, json.loads((layout / "blobs/sha256" / listed["digest"][7:]).read_bytes())


@pytest.mark.parametrize("present", [True, False])
@pytest.mark.parametrize("form", FOREIGN)
def test_a_foreign_layer_is_kept_as_it_is_whether_or_not_it_is_there(tmp_path: Path, form: str, present: bool) -> None:
    path = written(tmp_path / "image.tar", windows(form, present=present))
    with open_image(path, options=PARTIAL) as opened:
        convert_image(opened, tmp_path / "layout", kind="oci-layout")
    listed, document = manifest(tmp_path / "layout")
    base, app = document["layers"]
    assert base == {
        "mediaType": FOREIGN["oci"],
        "digest": digest(gzipped(BASE)),
        "size": len(gzipped(BASE)),
        "urls": [URL],
    }
    assert (app["mediaType"], "urls" in app) == (OCI_LAYER + "+gzip", False)
    assert listed["platform"] == WINDOWS
    assert (tmp_path / "layout/blobs/sha256" / base["digest"][7:]).exists() == present
    again = load_image(str(tmp_path / "layout"), options=PARTIAL)
    assert [layer.missing for layer in again.layers] == [not present, False]
    assert again.config.os_features == ["win32k"]


def test_a_foreign_layer_that_is_compressed_anew_is_a_layer_like_any_other(tmp_path: Path) -> None:
    path = written(tmp_path / "image.tar", windows("oci", present=True))
    with open_image(path) as opened:
        convert_image(opened, tmp_path / "layout", kind="oci-layout", compression="zstd")
    base = manifest(tmp_path / "layout")[1]["layers"][0]
    assert (base["mediaType"], "urls" in base) == (OCI_LAYER + "+zstd", False)


def test_what_stays_elsewhere_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "image.tar", windows("docker", present=False))
    done = run("convert", "--partial", path, "-o", str(tmp_path / "out.tar"))
    assert (done.returncode, f"layer 0 stays where it is: {URL}" in done.stderr) == (0, True)
    done = run("report", path)
    assert done.returncode == 3
    assert "layer 0: it is a foreign layer, whose blob is not in the archive (sha256:" in done.stderr
    assert f"to be had from {URL}; use --partial" in done.stderr


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "image.tar", windows("oci", present=False))
    with open_image(path, options=PARTIAL) as opened, pytest.raises(UsageError, match="a docker archive holds all"):
        convert_image(opened, tmp_path / "out.tar", kind="docker-archive")
    path = written(tmp_path / "image.tar", windows("oci", present=False, rootfs={"type": "layers"}))
    lenient = LoadOptions(partial=True, verify=False)
    with open_image(path, options=lenient) as opened, pytest.raises(UsageError, match="lacks layer 0"):
        convert_image(opened, tmp_path / "out.tar", kind="oci-archive")
    layout = Layout()
    image = layout.image(BASE, APP)
    del layout.blobs[f"blobs/sha256/{digest(gzipped(BASE))[7:]}"]
    path = written(tmp_path / "image.tar", layout.files(image))
    with open_image(path, options=PARTIAL) as opened, pytest.raises(UsageError, match="lacks layer 0"):
        convert_image(opened, tmp_path / "out.tar", kind="oci-archive")
    assert not (tmp_path / "out.tar").exists()
