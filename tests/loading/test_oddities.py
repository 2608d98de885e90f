"""What is odd and read all the same: padding, data after the end, no layers, odd histories and documents."""

from __future__ import annotations

import tarfile
from typing import Any

import pytest
from blake3 import blake3

from ocianalyze.model.finding import Level
from tests.archive_builders import (
    OCI_CONFIG,
    OCI_MANIFEST,
    Layout,
    config,
    digest,
    docker_files,
    from_json,
    oci_files,
    to_json,
)
from tests.compressing import COMPRESS
from tests.loading.loader import Loader, codes, paths
from tests.loading.samples import APP, BASE, EXPECTED, one_layer
from tests.tar_builders import info, layer_tar


@pytest.mark.parametrize("compression", ["gzip", "zstd", "bzip2", "xz"])
@pytest.mark.parametrize("junk", [b"j", b"junk", b"\0\0junk" * 1000], ids=["byte", "word", "more"])
def test_data_after_a_stream_is_an_error(load: Loader, compression: str, junk: bytes) -> None:
    image = load(one_layer(COMPRESS[compression](BASE) + junk, BASE))
    assert paths(image) == [EXPECTED[0]]
    assert {(one.code, one.level, one.layer) for one in image.notices} == {("trailing-data", Level.ERROR, 0)}


@pytest.mark.parametrize("compression", ["gzip", "zstd", "bzip2", "xz"])
@pytest.mark.parametrize("zeros", [1, 4, 512, 1 << 20])
def test_zeros_after_a_stream_are_an_error_where_its_format_has_none(
    load: Loader, compression: str, zeros: int
) -> None:
    """umoci and skopeo refuse them."""
    image = load(one_layer(COMPRESS[compression](BASE) + bytes(zeros), BASE))
    assert paths(image) == [EXPECTED[0]]
    assert [(one.code, one.level) for one in image.notices] == [("trailing-data", Level.ERROR)] * (compression != "xz")


def test_data_after_the_end_of_a_tar_is_a_notice_and_zeros_are_not(load: Loader) -> None:
    assert codes(load(docker_files(BASE + bytes(100_000)))) == []
    assert codes(load(docker_files(BASE + bytes(70_000) + b"x"))) == ["trailing-data"]


def test_layers_of_no_bytes_and_images_of_no_layers(load: Loader) -> None:
    empty = load(docker_files(b"", BASE, b""))
    assert paths(empty) == [[], EXPECTED[0], []]
    assert [layer.tar_size for layer in empty.layers] == [0, len(BASE), 0]
    assert load(oci_files()).layers == ()
    assert load(docker_files()).layers == ()
    assert paths(load(oci_files(layer_tar()))) == [[]]


HISTORIES: dict[str, tuple[list[dict[str, Any]] | None, list[int | None], bool]] = {
    "absent": (None, [0, 1], False),
    "empty": ([], [0, 1], False),
    "with steps without a layer": (
        [{"created_by": "a"}, {"created_by": "e", "empty_layer": True}, {"created_by": "b"}],
        [0, None, 1],
        False,
    ),
    "shorter": ([{"created_by": "a"}], [0, 1], True),
    "longer": ([{"created_by": "a"}] * 4, [0, 1, None, None], True),
}


@pytest.mark.parametrize("case", HISTORIES)
def test_history_is_aligned_where_it_can_be(load: Loader, case: str) -> None:
    history, layers, complains = HISTORIES[case]
    image = load(docker_files(BASE, APP, history=history))
    assert [step.layer for step in image.history] == layers
    assert codes(image) == (["history-mismatch"] if complains else [])
    assert all(layer.history is not None for layer in image.layers)


def test_a_config_without_diff_ids_takes_them_from_the_layers(load: Loader) -> None:
    image = load(docker_files(BASE, APP, rootfs=None))
    assert [layer.diff_id for layer in image.layers] == [digest(BASE), digest(APP)]


def test_documents_may_begin_with_a_byte_order_mark(load: Loader) -> None:
    files = docker_files(BASE)
    manifest = files["manifest.json"]
    assert isinstance(manifest, bytes)
    assert paths(load({**files, "manifest.json": b"\xef\xbb\xbf" + manifest})) == [EXPECTED[0]]


def test_layers_that_are_null_are_no_layers(load: Loader) -> None:
    layout = Layout()
    settings = layout.blob(to_json(config([], rootfs={"type": "layers", "diff_ids": None})), OCI_CONFIG)
    manifest = from_json(layout.manifest(settings, []))
    data = to_json({**manifest, "layers": None, "annotations": None})
    image = load(layout.files(layout.blob(data, OCI_MANIFEST)))
    assert (image.layers, codes(image)) == ((), [])


def test_what_is_odd_about_a_document_and_read_all_the_same_is_a_notice(load: Loader) -> None:
    layout = Layout()
    settings = to_json(config([BASE])).replace(b"{", b'{"author":"J\xfcrgen","author":"A",', 1)
    manifest = layout.manifest(layout.blob(settings, OCI_CONFIG), [layout.layer(BASE)])
    listed = layout.blob(manifest.replace(b'"layers"', b'"Layers"'), OCI_MANIFEST)
    files = layout.files(listed)
    index = files["index.json"]
    assert isinstance(index, bytes)
    image = load({**files, "index.json": index.replace(b"{", b'{"annotations":{},"annotations":{},', 1)})
    assert codes(image) == ["duplicate-key", "key-spelling", "duplicate-key", "not-utf-8"]
    assert image.config.author == "A"
    assert image.notices[0].message == "index.json has the key 'annotations' twice; the last one counts"


def test_unknown_keys_and_null_values_are_fine(load: Loader) -> None:
    runtime: dict[str, Any] = {"Env": None, "Cmd": None, "Labels": None, "Volumes": {"/v": {}}, "Later": {"x": [1]}}
    image = load(docker_files(BASE, config=runtime, history=None, created=None, later=[1, {"deep": None}]))
    assert image.config.runtime is not None
    assert image.config.runtime.volumes == {"/v": {}}


def test_a_layer_with_one_large_file_and_many_small_ones_spans_chunks(load: Loader) -> None:
    many = [(f"d/{number}", b"%d" % number) for number in range(3000)]
    content = ("big", bytes(range(256)) * 9000)
    big = layer_tar(content, *many, info("end", tarfile.FIFOTYPE))
    for compress in COMPRESS.values():
        image = load(one_layer(compress(big), big))
        entries = image.layers[0].entries
        assert [entry.path for entry in entries] == ["big", *(name for name, _ in many), "end"]
        assert [entry.content for entry in entries[:-1]] == [blake3(data).digest() for _, data in (content, *many)]
