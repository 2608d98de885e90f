"""Two small layers, and how to break one thing in an archive of them."""

from __future__ import annotations

from typing import Any

from tests.archive_builders import OCI_CONFIG, OCI_LAYER, OCI_MANIFEST, Files, Layout, config, to_json
from tests.compressing import gzipped
from tests.tar_builders import layer_tar

BASE = layer_tar(("etc/os-release", b"ID=test\n"), ("bin/sh", b"#!" * 600))
APP = layer_tar(("app/main", b"main" * 200), ("etc/.wh.os-release", b""))
EXPECTED = [["etc/os-release", "bin/sh"], ["app/main", "etc/os-release"]]
"""The paths of their entries."""


def blob_name(files: Files, tar_data: bytes = BASE) -> str:
    """Where *files* hold the layer *tar_data*, gzipped or not."""
    return next(name for name, data in files.items() if data in (tar_data, gzipped(tar_data)))


def with_layer(blob: bytes, tar_data: bytes = b"", **descriptor: Any) -> Files:
    """An OCI archive whose second layer is *blob*; the descriptor's keys may lie."""
    layout = Layout()
    layer = {**layout.blob(blob, OCI_LAYER), **descriptor}
    data = layout.manifest(layout.blob(to_json(config([APP, tar_data])), OCI_CONFIG), [layout.layer(APP), layer])
    return layout.files(layout.blob(data, OCI_MANIFEST))


def one_layer(blob: bytes, tar_data: bytes, media_type: str = "") -> Files:
    """An OCI archive whose only layer is *blob*, which inflates to *tar_data*."""
    layout = Layout()
    settings = layout.blob(to_json(config([tar_data])), OCI_CONFIG)
    return layout.files(layout.blob(layout.manifest(settings, [layout.blob(blob, media_type)]), ""))
