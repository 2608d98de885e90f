"""Documents of an archive that are no JSON, or not of the shape that they should have."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ocianalyze.errors import ArchiveError, DigestMismatchError, DocumentError
from tests.archive_builders import (
    OCI_CONFIG,
    OCI_INDEX,
    OCI_MANIFEST,
    Layout,
    config,
    docker_files,
    legacy_files,
    oci_files,
    to_json,
)
from tests.loading.loader import Loader, complaint
from tests.loading.samples import BASE

BAD_JSON: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not valid JSON"),
    "half": (b'[{"Config": "a', "not valid JSON"),
    "two values": (b"{} {}", "not valid JSON"),
    "not UTF-8": (b'[{"Config": "\xff"}]', "holds no \ufffd"),
    "not UTF-8 outside of texts": (b'[{"Config": \xff}]', "not UTF-8 text at byte 12"),
    "UTF-16": ("[]".encode("utf-16"), "not UTF-8"),
    "a string": (b'"manifest"', "manifest.json: expected array, got str"),
    "null": (b"null", "lists no image"),
    "a number": (b"5", "manifest.json: expected array, got int"),
    "an endless number": (b"9" * 100_000, "not valid JSON"),
    "1e999": (b"[1e999]", "manifest.json[0]: expected object"),
    "NaN": (b"NaN", "not valid JSON: NaN is no JSON value"),
    "an infinite number": (b"[-Infinity]", "not valid JSON"),
    "a tab inside a text": (b'[{"Config": "a\tb"}]', "not valid JSON"),
    "deep lists": (b"[" * 100_000, "nested too deeply"),
    "deep objects": (b'{"a":' * 100_000, "nested too deeply"),
    "a list of lists": (b"[[]]", "manifest.json[0]: expected object, got array"),
    "missing keys": (b"[{}]", "manifest.json[0]: object missing required field"),
    "wrong types": (b'[{"Config": 5}]', "manifest.json[0].Config"),
    "wrong types inside": (b'[{"Config": "a", "Layers": ["b", 5]}]', "manifest.json[0].Layers[1]"),
    "duplicate keys": (b'[{"Config": "a", "Config": "b"}]', "holds no b,"),
    "a lone surrogate": (b'[{"Config": "\\ud800", "Layers": []}]', "holds no \ufffd"),
    "a NUL": (b'[{"Config": "\\u0000", "Layers": []}]', "holds no \0"),
    "an empty name": (b'[{"Config": "", "Layers": []}]', "an empty name"),
    "an endless name": (b'[{"Config": "' + b"n" * 1_000_000 + b'", "Layers": []}]', "holds no nnn"),
}


IN_A_DIRECTORY = {
    "a NUL": "no usable file name",
    "an endless name": "File name too long",
}
"""What a file system has against names that a tar may have."""


@pytest.mark.parametrize("place", ["tar", "directory"])
@pytest.mark.parametrize("case", BAD_JSON)
def test_bad_json_in_manifest_json(load: Loader, case: str, place: str) -> None:
    data, words = BAD_JSON[case]
    if place == "directory":
        words = IN_A_DIRECTORY.get(case, words)
    files = {**docker_files(BASE), "manifest.json": data}
    with pytest.raises((DocumentError, ArchiveError)) as caught:
        load(files) if place == "tar" else load.from_directory(files)
    assert words in str(caught.value)
    assert caught.value.suggestion
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("case", BAD_JSON)
def test_bad_json_in_every_other_document(load: Loader, case: str) -> None:
    data, _ = BAD_JSON[case]
    layout = Layout()
    settings = layout.blob(data, OCI_CONFIG)
    bad_config = layout.files(layout.blob(layout.manifest(settings, [layout.layer(BASE)]), OCI_MANIFEST))
    bad_manifest = layout.files(layout.blob(data, OCI_MANIFEST))
    bad_index = layout.files(layout.blob(data, OCI_INDEX))
    bad_top = {**oci_files(BASE), "index.json": data}
    legacy = legacy_files(BASE)
    name = next(name for name in legacy if name.endswith("/json"))
    for files in (
        bad_config,
        bad_manifest,
        bad_index,
        bad_top,
        {**legacy, "repositories": data},
        {**legacy, name: data},
    ):
        with pytest.raises((DocumentError, ArchiveError)) as caught:
            load(files)
        assert caught.value.suggestion
        assert len(str(caught.value)) < 1000


WRONG_KEYS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "negative size": (lambda v: {**v, "layers": [{**v["layers"][0], "size": -1}]}, "manifest.layers[0].size"),
    "huge size": (lambda v: {**v, "config": {**v["config"], "size": 2**70}}, "size of the config"),
    "size as text": (lambda v: {**v, "config": {**v["config"], "size": "9"}}, "manifest.config.size"),
    "short digest": (
        lambda v: {**v, "layers": [{**v["layers"][0], "digest": "sha256:abc"}]},
        "manifest.layers[0].digest",
    ),
    "digest with a path": (
        lambda v: {**v, "config": {**v["config"], "digest": "sha256:../../../etc/passwd"}},
        "manifest.config.digest",
    ),
    "digest of a number": (lambda v: {**v, "config": {**v["config"], "digest": 7}}, "manifest.config.digest"),
    "layers as an object": (lambda v: {**v, "layers": {}}, "manifest.layers"),
    "no layers": (
        lambda v: {key: value for key, value in v.items() if key != "layers"},
        "manifest: object missing required field layers",
    ),
}


@pytest.mark.parametrize("case", WRONG_KEYS)
def test_a_wrong_key_in_a_manifest_is_named_by_its_path(load: Loader, case: str) -> None:
    change, where = WRONG_KEYS[case]
    layout = Layout()
    good = json.loads(layout.manifest(layout.blob(to_json(config([BASE])), OCI_CONFIG), [layout.layer(BASE)]))
    files = layout.files(layout.blob(to_json(change(good)), OCI_MANIFEST))
    kind = DigestMismatchError if case == "huge size" else DocumentError
    with complaint(kind, where):
        load(files)


CONFIGS: dict[str, tuple[dict[str, Any], str]] = {
    "rootfs as text": ({"rootfs": "layers"}, "config.rootfs: expected object"),
    "diff_ids as text": ({"rootfs": {"diff_ids": "sha256:0"}}, "config.rootfs.diff_ids: expected array"),
    "diff ID of no digest": ({"rootfs": {"diff_ids": ["no"]}}, "config.rootfs.diff_ids[0]: 'no' is not a digest"),
    "history as an object": ({"history": {}}, "config.history: expected array"),
    "history of numbers": ({"history": [1]}, "config.history[0]: expected object"),
    "env as an object": ({"config": {"Env": {}}}, "config.config.Env: expected array"),
    "labels of lists": ({"config": {"Labels": {"a": []}}}, "config.config.Labels[...]: expected str"),
    "os as a number": ({"os": 5}, "config.os: expected str"),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_a_wrong_type_in_a_config_is_named_by_its_path(load: Loader, case: str) -> None:
    settings, words = CONFIGS[case]
    with complaint(DocumentError, words):
        load(docker_files(BASE, **settings))
