"""Archives as each tool writes them: the right layers come out, in the right order, under the right names."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
from collections.abc import Callable
from typing import Any

import pytest

from ocianalyze.archive.scan import LayerJob, scan_layer
from ocianalyze.archive.scanned import ScannedLayer
from ocianalyze.model.image import Image
from tests.archive.loading import Loader, codes, paths
from tests.archive_builders import (
    AMD64,
    DOCKER,
    DOCKER_MANIFEST,
    OCI_CONFIG,
    OCI_LAYER,
    OCI_MANIFEST,
    Files,
    Layout,
    Link,
    changed,
    config,
    digest,
    docker_25_files,
    docker_files,
    hexdigest,
    legacy_files,
    named,
    oci_files,
    pack,
    skopeo_dir_files,
    to_json,
)
from tests.compressing import COMPRESS, gzipped, in_parts, skippable, zstd_compressed
from tests.tar_builders import info, layer_tar

BASE = layer_tar(("etc/os-release", b"ID=test\n"), ("bin/sh", b"#!" * 600))
APP = layer_tar(("app/main", b"main" * 200), ("etc/.wh.os-release", b""))
EXPECTED = [["etc/os-release", "bin/sh"], ["app/main", "etc/os-release"]]

MAKERS: dict[str, Callable[..., Files]] = {
    "docker save": docker_files,
    "docker save 25": docker_25_files,
    "docker save 1.9": legacy_files,
    "oci gzip": oci_files,
    "oci zstd": lambda *tars: oci_files(*tars, compression="zstd"),
    "oci plain": lambda *tars: oci_files(*tars, compression="none"),
    "skopeo dir": skopeo_dir_files,
}


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("place", ["tar", "directory"])
def test_every_layout_gives_the_same_layers(load: Loader, maker: str, place: str) -> None:
    files = MAKERS[maker](BASE, APP)
    image = load(files) if place == "tar" else load.from_directory(files)
    assert paths(image) == EXPECTED
    assert [layer.diff_id for layer in image.layers] == [digest(BASE), digest(APP)]
    assert [layer.tar_size for layer in image.layers] == [len(BASE), len(APP)]
    assert [layer.index for layer in image.layers] == [0, 1]
    assert image.layout == ("docker-" if "docker" in maker else "oci-") + ("archive" if place == "tar" else "layout")
    assert str(image.platform) == "linux/amd64"
    assert image.notices == ()
    if place == "tar":
        assert image.archive_size == load.path.stat().st_size


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("outer", ["gzip", "zstd", "bzip2", "xz"])
def test_the_archive_itself_may_be_compressed(load: Loader, maker: str, outer: str) -> None:
    packed = COMPRESS[outer](pack(MAKERS[maker](BASE, APP)))
    image = load(packed)
    assert paths(image) == EXPECTED
    assert image.archive_size == len(packed)


@pytest.mark.parametrize("dialect", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
@pytest.mark.parametrize("folder", ["", "./", "/"])
def test_the_outer_tar_may_spell_names_its_own_way(load: Loader, dialect: int, folder: str) -> None:
    assert paths(load(pack(docker_25_files(BASE, APP), folder=folder, format=dialect))) == EXPECTED


def test_chain_ids_and_names_of_a_docker_archive(load: Loader) -> None:
    image = load(docker_files(BASE, APP, tags=("example:1", "example:latest")))
    assert image.names == ("example:1", "example:latest")
    assert image.layers[0].chain_id == digest(BASE)
    assert image.layers[1].chain_id == digest(f"{digest(BASE)} {digest(APP)}".encode())
    assert image.digest is None
    assert image.config_digest is not None
    assert image.layers[0].digest is None
    assert image.layers[0].blob.endswith("/layer.tar")


def test_an_untagged_docker_archive_has_no_names(load: Loader) -> None:
    assert load(docker_files(BASE, tags=None)).names == ()


def test_an_oci_archive_has_its_manifest_digest_and_sizes(load: Loader) -> None:
    image = load(oci_files(BASE, APP))
    assert image.names == ("latest",)
    assert image.digest is not None
    layer = image.layers[0]
    assert layer.digest == digest(gzipped(BASE))
    assert (layer.blob_size, layer.compression) == (len(gzipped(BASE)), "gzip")
    assert layer.media_type == OCI_LAYER + "+gzip"


def test_annotations_of_the_manifest_are_sorted_by_key(load: Loader) -> None:
    layout = Layout()
    notes = {"z": "last", "a": "first", "m": "middle"}
    settings = layout.blob(to_json(config([BASE])), OCI_CONFIG)
    data = layout.manifest(settings, [layout.layer(BASE, "gzip")], annotations=notes)
    assert load(layout.files(layout.blob(data, OCI_MANIFEST))).annotations == tuple(sorted(notes.items()))


def test_a_layout_directory_counts_what_the_image_uses(load: Loader) -> None:
    layout = Layout()
    layout.image(layer_tar(("other", b"x" * 5000)))
    files = layout.files(layout.image(BASE))
    image = load.from_directory(files)
    used = [
        len(gzipped(BASE)),
        *(len(data) for data in files.values() if isinstance(data, bytes) and b"rootfs" in data),
    ]
    assert sum(used[:1]) < image.archive_size < sum(len(d) for d in files.values() if isinstance(d, bytes))


# -- docker's variations -----------------------------------------------------------------------------------


def test_a_layer_tar_that_links_to_another_layers_is_read_and_scanned_once(
    load: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = docker_files(BASE, APP, BASE)
    first, last = (name for name, data in files.items() if data == BASE)
    files[last] = Link(f"../{first}")
    scans = _count_scans(monkeypatch)
    image = load(files)
    assert paths(image) == [*EXPECTED, EXPECTED[0]]
    assert len(scans) == 2
    assert image.layers[2].entries is image.layers[0].entries


@pytest.mark.parametrize("hard", [True, False])
def test_links_may_come_before_their_targets_and_in_chains(load: Loader, hard: bool) -> None:
    files = docker_files(BASE)
    name = next(name for name, data in files.items() if data == BASE)
    rest = {key: data for key, data in files.items() if key != name}
    chain: Files = {name: Link("a/b", hard) if hard else Link("../a/b"), "a/b": Link("/c"), "c": BASE}
    assert paths(load({**chain, **rest})) == [EXPECTED[0]]


def test_a_layer_listed_twice_is_replayed_twice_and_scanned_once(load: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    scans = _count_scans(monkeypatch)
    image = load(oci_files(BASE, APP, BASE))
    assert paths(image) == [*EXPECTED, EXPECTED[0]]
    assert [layer.index for layer in image.layers] == [0, 1, 2]
    assert len(scans) == 2


def _count_scans(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    scans: list[int] = []

    def counted(job: LayerJob, *rest: Any, **more: Any) -> ScannedLayer:
        scans.append(job.index)
        return scan_layer(job, *rest, **more)

    monkeypatch.setattr("ocianalyze.archive.load.scan_layer", counted)
    return scans


def test_docker_25_with_the_wrong_order_in_the_oci_manifest_is_read_in_the_configs_order(load: Loader) -> None:
    image = load(docker_25_files(BASE, APP, order=[1, 0]))
    assert paths(image) == EXPECTED
    assert codes(image) == ["manifests-disagree"]
    assert image.names == ("example:1",)


def test_docker_25_with_the_wrong_order_in_manifest_json_is_read_in_the_configs_order(load: Loader) -> None:
    files = docker_25_files(BASE, APP)
    files = changed(files, "manifest.json", lambda value: [{**value[0], "Layers": value[0]["Layers"][::-1]}])
    image = load(files)
    assert paths(image) == EXPECTED
    assert sorted(codes(image)) == ["layer-order", "manifests-disagree"]
    assert [step.history.created_by for step in image.history] == ["RUN step 0", "RUN step 1"]


def test_an_oci_archive_with_its_layers_in_the_wrong_order_is_read_in_the_configs_order(load: Loader) -> None:
    layout = Layout()
    settings = layout.blob(to_json(config([BASE, APP])), OCI_CONFIG)
    data = layout.manifest(settings, [layout.layer(APP), layout.layer(BASE)])
    image = load(layout.files(layout.blob(data, "")))
    assert paths(image) == EXPECTED
    assert codes(image) == ["layer-order"]


def test_docker_25_is_one_image_with_the_manifests_digest_and_media_types(load: Loader) -> None:
    image = load(docker_25_files(BASE, APP))
    assert image.digest is not None
    assert image.layers[0].media_type == OCI_LAYER
    assert image.layers[0].digest == digest(BASE)


def test_the_oldest_form_takes_commands_and_times_from_each_layers_json(load: Loader) -> None:
    image = load(legacy_files(BASE, APP))
    assert image.names == ("example:1",)
    assert [step.history.created_by for step in image.history] == ["/bin/sh -c step 0", "/bin/sh -c step 1"]
    assert image.config.created == "2014-01-02T00:00:00Z"


def test_the_oldest_form_without_repositories_finds_the_layer_that_is_nobodys_parent(load: Loader) -> None:
    image = load(legacy_files(BASE, APP, tags={}))
    assert paths(image) == EXPECTED
    assert codes(image) == ["no-table-of-contents"]
    assert paths(load.from_directory(legacy_files(BASE, APP, tags={}))) == EXPECTED


def test_keys_of_manifest_json_are_read_in_any_case(load: Loader) -> None:
    files = docker_files(BASE)
    lower = changed(files, "manifest.json", lambda value: [{key.lower(): part for key, part in value[0].items()}])
    assert load(lower).names == ("example:1",)


# -- what other tools write --------------------------------------------------------------------------------


def _flat(*tars: bytes, config_name: str, layer_name: Callable[[bytes, bytes], str], pack_layer: str) -> Files:
    settings = to_json(config(tars))
    blobs = [COMPRESS[pack_layer](one) for one in tars]
    names = [layer_name(one, blob) for one, blob in zip(tars, blobs, strict=True)]
    name = config_name.format(hexdigest(settings))
    item = {"Config": name, "RepoTags": ["registry.example/app:2"], "Layers": names}
    return {name: settings, **dict(zip(names, blobs, strict=True)), "manifest.json": to_json([item])}


FLAT: dict[str, dict[str, Any]] = {
    "kaniko, crane, ko": {"config_name": "sha256:{}", "layer_name": lambda _, blob: hexdigest(blob) + ".tar.gz"},
    "bazel rules_docker": {"config_name": "{}.json", "layer_name": lambda one, _: hexdigest(one) + "/layer.tar"},
    "jib": {"config_name": "config.json", "layer_name": lambda _, blob: hexdigest(blob) + ".tar.gz"},
    "skopeo, podman, buildah": {"config_name": "{}.json", "layer_name": lambda one, _: hexdigest(one) + ".tar"},
    "rules_oci": {"config_name": "blobs/sha256/{}", "layer_name": lambda _, blob: "blobs/sha256/" + hexdigest(blob)},
}


@pytest.mark.parametrize("tool", FLAT)
@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_flat_docker_archives_of_other_tools(load: Loader, tool: str, compression: str) -> None:
    image = load(_flat(BASE, APP, pack_layer=compression, **FLAT[tool]))
    assert paths(image) == EXPECTED
    assert image.names == ("registry.example/app:2",)
    assert {layer.compression for layer in image.layers} == {compression}
    assert image.notices == ()


def test_estargz_layers_are_gzip_of_many_members(load: Loader) -> None:
    image = _with_blob(load, BASE, in_parts(gzipped, BASE, 5) + gzipped(b""), "+gzip")
    assert paths(image) == [EXPECTED[0]]
    assert image.layers[0].compression == "gzip"
    assert image.notices == ()


@pytest.mark.parametrize("first", [True, False])
def test_zstd_chunked_layers_have_frames_to_skip(load: Loader, first: bool) -> None:
    frames = in_parts(zstd_compressed, BASE)
    blob = skippable() + frames + skippable(b"footer", 0x184D2A5F) if first else frames + skippable() + skippable()
    image = _with_blob(load, BASE, blob, "+zstd")
    assert paths(image) == [EXPECTED[0]]
    assert image.layers[0].compression == "zstd"
    assert image.notices == ()


@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize("suffix", ["", "+gzip", "+zstd"])
def test_the_bytes_decide_whatever_the_media_type_says(load: Loader, compression: str, suffix: str) -> None:
    image = _with_blob(load, BASE, COMPRESS[compression](BASE), suffix)
    assert paths(image) == [EXPECTED[0]]
    assert image.layers[0].compression == compression
    agrees = {"none": "", "gzip": "+gzip", "zstd": "+zstd"}.get(compression) == suffix
    assert codes(image) == ([] if agrees else ["media-type"])


def test_docker_media_types_agree_with_gzip(load: Loader) -> None:
    layout = Layout()
    layer = layout.layer(BASE, "gzip", media_type=f"{DOCKER}.image.rootfs.diff.tar.gzip")
    settings = layout.blob(to_json(config([BASE])), f"{DOCKER}.container.image.v1+json")
    data = layout.manifest(settings, [layer], mediaType=DOCKER_MANIFEST)
    image = load(layout.files(layout.blob(data, DOCKER_MANIFEST)))
    assert codes(image) == []
    assert image.media_type == DOCKER_MANIFEST


@pytest.mark.parametrize("name", ["BZhello", "PK\3\4", "\x1f\x9d", "LZIP.txt"])
def test_a_plain_layer_whose_first_name_looks_like_a_magic_number_is_plain(load: Loader, name: str) -> None:
    tar_data = layer_tar((name, b"x"), format=tarfile.USTAR_FORMAT)
    assert paths(load(docker_files(tar_data))) == [[name]]


def _blob_files(tar_data: bytes, blob: bytes, media_type: str) -> Files:
    """An OCI image with the one layer *blob*, which inflates to *tar_data*."""
    layout = Layout()
    layer = layout.blob(blob, media_type)
    data = layout.manifest(layout.blob(to_json(config([tar_data])), OCI_CONFIG), [layer])
    return layout.files(layout.blob(data, ""))


def _with_blob(load: Loader, tar_data: bytes, blob: bytes, suffix: str) -> Image:
    return load(_blob_files(tar_data, blob, OCI_LAYER + suffix))


# -- padding, trailing data, odd counts --------------------------------------------------------------------


@pytest.mark.parametrize("compress", [gzipped, zstd_compressed])
@pytest.mark.parametrize("zeros", [1, 3, 4, 511, 512, 1 << 20])
def test_zero_padding_after_a_stream_is_fine(load: Loader, compress: Callable[[bytes], bytes], zeros: int) -> None:
    image = _with_blob(load, BASE, compress(BASE) + bytes(zeros), "")
    assert paths(image) == [EXPECTED[0]]
    assert "trailing-data" not in codes(image)


@pytest.mark.parametrize("compression", ["gzip", "zstd", "bzip2", "xz"])
@pytest.mark.parametrize("junk", [b"j", b"junk", b"\0\0junk" * 1000], ids=["byte", "word", "more"])
def test_data_after_a_stream_is_a_notice(load: Loader, compression: str, junk: bytes) -> None:
    image = load(_blob_files(BASE, COMPRESS[compression](BASE) + junk, ""))
    assert paths(image) == [EXPECTED[0]]
    assert codes(image) == ["trailing-data"]
    assert image.notices[0].layer == 0


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


def test_unknown_keys_and_null_values_are_fine(load: Loader) -> None:
    runtime: dict[str, Any] = {"Env": None, "Cmd": None, "Labels": None, "Volumes": {"/v": {}}, "Later": {"x": [1]}}
    image = load(docker_files(BASE, config=runtime, history=None, created=None, later=[1, {"deep": None}]))
    assert image.config.runtime is not None
    assert image.config.runtime.volumes == {"/v": {}}


def test_sha512_digests_are_verified(load: Loader) -> None:
    def sha512(data: bytes) -> str:
        return hashlib.sha512(data).hexdigest()

    blob = gzip.compress(BASE)
    files: Files = {}

    def put(data: bytes) -> dict[str, Any]:
        files[f"blobs/sha512/{sha512(data)}"] = data
        return {"mediaType": "", "digest": f"sha512:{sha512(data)}", "size": len(data)}

    settings = put(to_json({**AMD64, "rootfs": {"diff_ids": [f"sha512:{sha512(BASE)}"]}}))
    top = put(to_json({"schemaVersion": 2, "config": settings, "layers": [put(blob)]}))
    image = load({**files, "index.json": to_json({"manifests": [named(top, "x")]})})
    assert image.layers[0].diff_id == f"sha512:{sha512(BASE)}"


def test_other_content_digests_can_be_asked_for(load: Loader) -> None:
    image = load(docker_files(layer_tar(("f", b"abc"))), content_algorithm="sha256")
    assert image.layers[0].content_algorithm == "sha256"
    assert (image.layers[0].entries[0].content or b"").hex() == hexdigest(b"abc")


def test_a_layer_with_one_large_file_and_many_small_ones_spans_chunks(load: Loader) -> None:
    many = [(f"d/{number}", b"%d" % number) for number in range(3000)]
    big = layer_tar(("big", bytes(range(256)) * 9000), *many, info("end", tarfile.FIFOTYPE))
    for compress in COMPRESS.values():
        image = load(_blob_files(big, compress(big), ""))
        assert len(image.layers[0].entries) == 3002
