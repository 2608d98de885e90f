"""Bad input of every kind: always one of our errors, that says what, where and what next; and bounded work."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.archive.limits import ReadLimits
from ocianalyze.archive.load import LoadOptions, load_image
from ocianalyze.errors import (
    AmbiguousImageError,
    ArchiveError,
    CorruptLayerError,
    DigestMismatchError,
    DocumentError,
    LimitExceededError,
    MissingBlobError,
    UnsupportedCompressionError,
    UsageError,
)
from tests.archive.loading import Loader, codes, complaint, paths
from tests.archive_builders import (
    OCI_CONFIG,
    OCI_INDEX,
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
    from_json,
    legacy_files,
    oci_files,
    pack,
    skopeo_dir_files,
    to_json,
)
from tests.compressing import COMPRESS, gzipped, in_parts, zstd_compressed
from tests.tar_builders import header, layer_tar, long_name, member, pax, tar

BASE = layer_tar(("etc/os-release", b"ID=test\n"), ("bin/sh", b"#!" * 600))
APP = layer_tar(("app/main", b"main" * 200))


def _blob_name(files: Files, tar_data: bytes = BASE) -> str:
    """Where *files* hold the layer *tar_data*, gzipped or not."""
    return next(name for name, data in files.items() if data in (tar_data, gzipped(tar_data)))


def _with_layer(blob: bytes, tar_data: bytes = b"", **descriptor: Any) -> Files:
    """An OCI archive whose second layer is *blob*; the descriptor's keys may lie."""
    layout = Layout()
    layer = {**layout.blob(blob, OCI_LAYER), **descriptor}
    data = layout.manifest(layout.blob(to_json(config([APP, tar_data])), OCI_CONFIG), [layout.layer(APP), layer])
    return layout.files(layout.blob(data, OCI_MANIFEST))


# -- no image archive at all -------------------------------------------------------------------------------

NO_ARCHIVES: dict[str, tuple[bytes, str]] = {
    "an empty file": (b"", "is empty"),
    "one byte": (b"x", "is not a tar archive"),
    "text": (b"FROM scratch\nCOPY . .\n" * 100, "is not a tar archive"),
    "zeros": (bytes(10240), "it is empty"),
    "an ELF file": (b"\x7fELF" + bytes(5000), "is not a tar archive"),
    "a bare file system": (
        layer_tar(("bin/sh", b""), ("etc/passwd", b""), ("usr/x", b"")),
        "a bare file system, as docker export writes",
    ),
    "a tar of anything": (layer_tar(("readme", b"")), "no manifest.json and no index.json"),
    "a wrapped image": (pack(docker_files(BASE), folder="saved/"), "in the folder saved"),
    "a layout without an index": (
        pack({name: data for name, data in oci_files(BASE).items() if name != "index.json"}),
        "lacks its index.json",
    ),
    "gzip of text": (gzipped(b"hello\n" * 1000), "is not a tar archive"),
    "lz4": (b"\x04\x22\x4d\x18" + bytes(1000), "compressed with lz4"),
    "zip": (b"PK\x03\x04" + bytes(1000), "compressed with zip"),
    "gzip that breaks off": (gzipped(pack(docker_files(BASE)))[:-20], "ends early"),
    "damaged gzip": (gzipped(pack(docker_files(BASE)))[:300] + b"\xff" * 60, "gzip stream"),
    "damaged zstd": (zstd_compressed(os.urandom(9000))[:5000] + b"\xff" * 60, ""),
    "only the start of gzip": (b"\x1f\x8b", "ends early"),
}


@pytest.mark.parametrize("case", NO_ARCHIVES)
def test_what_is_no_image_archive_is_told_for_what_it_is(load: Loader, case: str) -> None:
    data, words = NO_ARCHIVES[case]
    with complaint(ArchiveError, words, str(load.path)):
        load(data)


def test_an_empty_path_is_a_mistake_of_the_command_line() -> None:
    with complaint(UsageError, "is empty", "variable"):
        load_image("")


def test_a_path_that_cannot_be_opened(tmp_path: Path) -> None:
    for name, words in {
        "absent.tar": "no such file",
        "x" * 300: "too long",
        "nul\0": "null",
        "file/below": "",
    }.items():
        (tmp_path / "file").write_bytes(b"x")
        with complaint(ArchiveError, words):
            load_image(str(tmp_path / name))


def test_an_image_name_instead_of_a_path_is_told_to_be_saved_first() -> None:
    with complaint(ArchiveError, "no such file", "docker save nginx:1.25 -o"):
        load_image("nginx:1.25")


def test_a_directory_without_an_image(tmp_path: Path) -> None:
    with complaint(ArchiveError, "holds no container image", "it is empty"):
        load_image(str(tmp_path))
    (tmp_path / "readme").write_text("x")
    with complaint(ArchiveError, "no manifest.json and no index.json"):
        load_image(str(tmp_path))


def test_a_directory_with_the_image_in_its_only_folder(load: Loader) -> None:
    with complaint(ArchiveError, "in the folder saved"):
        load.from_directory({f"saved/{name}": data for name, data in oci_files(BASE).items()})


# -- cut short ---------------------------------------------------------------------------------------------

MAKERS: dict[str, Callable[..., Files]] = {
    "docker": docker_files,
    "docker 25": docker_25_files,
    "oci": oci_files,
    "legacy": legacy_files,
}


@pytest.mark.parametrize("maker", MAKERS)
def test_an_archive_cut_anywhere_is_an_error_or_whole(load: Loader, maker: str) -> None:
    data = pack(MAKERS[maker](BASE, APP))
    whole = paths(load(data))
    outcomes = []
    for size in [*range(0, len(data), 331), *range(510, len(data), 512), len(data) - 1]:
        try:
            read = paths(load(data[:size]))
        except ArchiveError:
            outcomes.append(False)
        else:
            outcomes.append(True)
            assert read == whole
    assert outcomes[0] is False
    assert outcomes[-1] is True


def test_an_archive_that_is_cut_after_its_table_of_contents_says_so(load: Loader) -> None:
    files = oci_files(BASE)
    data = pack({"index.json": files.pop("index.json"), **files})
    for size in (1024, 1600):
        with complaint(MissingBlobError, "does not hold", "cut short or damaged"):
            load(data[:size])


def test_a_hole_before_the_table_of_contents_is_no_archive_of_the_oldest_form(load: Loader) -> None:
    data = pack(docker_files(BASE, APP))
    at = data.index(b"manifest.json") // 512 * 512
    with complaint(ArchiveError, "cut short or damaged before its table of contents"):
        load(data[:at] + bytes(512) + data[at + 512 :])


@pytest.mark.parametrize("compression", ["gzip", "zstd", "xz", "bzip2"])
@pytest.mark.parametrize("verify", [True, False])
def test_a_compressed_layer_cut_anywhere_is_corrupt(load: Loader, compression: str, verify: bool) -> None:
    blob = COMPRESS[compression](BASE)
    for size in [*range(6, len(blob), 13), len(blob) - 1]:
        with complaint(CorruptLayerError, "layer 1", "early"):
            load(_with_layer(blob[:size], BASE), verify=verify)


def test_a_plain_layer_cut_inside_a_member_is_corrupt_even_unverified(load: Loader) -> None:
    for size in range(513, 513 + 8, 3):
        with complaint(CorruptLayerError, "layer 1", "early"):
            load(_with_layer(BASE[:size], BASE), verify=False)
    with complaint(CorruptLayerError, "layer 1", "middle of a header"):
        load(_with_layer(BASE[:300], BASE), verify=False)


def test_the_cut_is_named_where_the_blob_would_have_ended(load: Loader) -> None:
    files = docker_files(BASE)
    name = _blob_name(files)
    files[name] = files.pop(name)
    with complaint(ArchiveError, "cut short", "layer.tar"):
        load(pack(files)[: -10240 - 700])


# -- digests and sizes -------------------------------------------------------------------------------------


def test_a_changed_blob_is_told_by_its_digest_before_anything_else(load: Loader) -> None:
    files = oci_files(BASE, APP)
    name = _blob_name(files, APP)
    files[name] = gzipped(layer_tar(("app/evil", b"")))
    with complaint(DigestMismatchError, "layer 1", "the blob", f"sha256:{name[-64:]}", "--no-verify"):
        load(files)
    assert paths(load(files, verify=False))[1] == ["app/evil"]


def test_a_blob_that_was_replaced_by_half_a_tar_is_told_by_its_size_or_digest(load: Loader) -> None:
    layout = Layout()
    layer = layout.layer(APP, "none")
    data = layout.manifest(layout.blob(to_json(config([APP])), OCI_CONFIG), [layer])
    files = layout.files(layout.blob(data, OCI_MANIFEST))
    half = APP[:513]
    files[_blob_name(files, APP)] = half
    with complaint(DigestMismatchError, "layer 0", "the size of the blob", f"{len(half):,} bytes", "--no-verify"):
        load(files)
    files[_blob_name(files, half)] = half + bytes(len(APP) - len(half) - 512) + b"x" * 512
    with complaint(DigestMismatchError, "layer 0", "the digest of the blob", digest(APP), "--no-verify"):
        load(files)


def test_a_changed_manifest_and_a_changed_config_are_told_apart(load: Loader) -> None:
    files = oci_files(BASE)
    for name in [
        name
        for name, data in files.items()
        if name.startswith("blobs") and isinstance(data, bytes) and data[:1] == b"{"
    ]:
        data = files[name]
        assert isinstance(data, bytes)
        what = "the manifest" if b'"layers"' in data[:300] and b"schemaVersion" in data else "the config"
        with complaint(DigestMismatchError, what):
            load({**files, name: data.replace(b"{", b"{ ", 1)})


@pytest.mark.parametrize("size", [0, 1, 10**18])
def test_a_wrong_size_is_an_error(load: Loader, size: int) -> None:
    with complaint(DigestMismatchError, "layer 1", "size of the blob", f"{size:,} bytes"):
        load(_with_layer(BASE, BASE, size=size))
    assert load(_with_layer(BASE, BASE, size=size), verify=False).layers[1].blob_size == len(BASE)


def test_a_wrong_diff_id_is_an_error(load: Loader) -> None:
    files = docker_files(BASE, APP)
    files[_blob_name(files, APP)] = layer_tar(("other", b""))
    with complaint(DigestMismatchError, "layer 1", "the diff ID", digest(APP)):
        load(files)
    assert paths(load(files, verify=False))[1] == ["other"]


def test_two_layers_that_are_links_to_one_blob_are_both_verified(load: Loader) -> None:
    """A member may be a link, so one scan must not answer for two digests."""
    layout = Layout()
    first, second = layout.layer(BASE, "none"), layout.layer(APP, "none")
    data = layout.manifest(layout.blob(to_json(config([BASE, BASE])), OCI_CONFIG), [first, second])
    files = layout.files(layout.blob(data, OCI_MANIFEST))
    files[_blob_name(files, APP)] = Link(_blob_name(files, BASE).rpartition("/")[2])
    with complaint(DigestMismatchError, "layer 1", "the blob"):
        load(files)


def test_more_or_fewer_diff_ids_than_layers(load: Loader) -> None:
    files = docker_files(BASE, APP, rootfs={"diff_ids": [digest(BASE)]})
    with complaint(DocumentError, "1 diff ID, ", "2 layers", "config.rootfs.diff_ids", "--no-verify"):
        load(files)
    assert len(load(files, verify=False).layers) == 2


def test_digests_that_cannot_be_checked(load: Loader) -> None:
    blake = "blake3:" + "0" * 64
    with complaint(DocumentError, "blake3", "--no-verify"):
        load(docker_files(BASE, rootfs={"diff_ids": [blake]}))
    assert load(docker_files(BASE, rootfs={"diff_ids": [blake]}), verify=False).layers[0].diff_id == blake


def test_a_config_named_by_another_digest_is_a_notice(load: Loader) -> None:
    files = docker_files(BASE)
    old = next(name for name in files if name.count("/") == 0 and name != "manifest.json")
    files[f"{'0' * 64}.json"] = files.pop(old)
    renamed = changed(files, "manifest.json", lambda value: [{**value[0], "Config": f"{'0' * 64}.json"}])
    assert codes(load(renamed)) == ["config-name"]


# -- JSON --------------------------------------------------------------------------------------------------

BAD_JSON: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not valid JSON"),
    "half": (b'[{"Config": "a', "not valid JSON"),
    "two values": (b"{} {}", "not valid JSON"),
    "not UTF-8": (b'[{"Config": "\xff"}]', "not UTF-8"),
    "UTF-16": ("[]".encode("utf-16"), "not UTF-8"),
    "a string": (b'"manifest"', ""),
    "null": (b"null", ""),
    "a number": (b"5", ""),
    "an endless number": (b"9" * 100_000, ""),
    "1e999": (b"[1e999]", ""),
    "NaN": (b"NaN", ""),
    "deep lists": (b"[" * 100_000, "nested too deeply"),
    "deep objects": (b'{"a":' * 100_000, "nested too deeply"),
    "a list of lists": (b"[[]]", ""),
    "missing keys": (b"[{}]", ""),
    "wrong types": (b'[{"Config": 5}]', "manifest.json[0].config"),
    "wrong types inside": (b'[{"Config": "a", "Layers": ["b", 5]}]', "manifest.json[0].layers[1]"),
    "duplicate keys": (b'[{"Config": "a", "Config": "b"}]', "'Config' appears twice"),
    "a lone surrogate": (b'[{"Config": "\\ud800", "Layers": []}]', ""),
    "a NUL": (b'[{"Config": "\\u0000", "Layers": []}]', ""),
    "an empty name": (b'[{"Config": "", "Layers": []}]', ""),
    "an endless name": (b'[{"Config": "' + b"n" * 1_000_000 + b'", "Layers": []}]', ""),
}


@pytest.mark.parametrize("place", ["tar", "directory"])
@pytest.mark.parametrize("case", BAD_JSON)
def test_bad_json_in_manifest_json(load: Loader, case: str, place: str) -> None:
    data, words = BAD_JSON[case]
    files = {**docker_files(BASE), "manifest.json": data}
    with pytest.raises((DocumentError, ArchiveError)) as caught:
        load(files) if place == "tar" else load.from_directory(files)
    assert words in str(caught.value)
    assert caught.value.hint
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
        assert caught.value.hint
        assert len(str(caught.value)) < 1000


WRONG_KEYS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "negative size": (lambda v: {**v, "layers": [{**v["layers"][0], "size": -1}]}, "manifest.layers[0].size"),
    "huge size": (lambda v: {**v, "config": {**v["config"], "size": 2**70}}, ""),
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
    "no layers": (lambda v: {key: value for key, value in v.items() if key != "layers"}, "layers"),
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


CONFIGS: dict[str, dict[str, Any]] = {
    "rootfs as text": {"rootfs": "layers"},
    "diff_ids as text": {"rootfs": {"diff_ids": "sha256:0"}},
    "diff ID of no digest": {"rootfs": {"diff_ids": ["no"]}},
    "history as an object": {"history": {}},
    "history of numbers": {"history": [1]},
    "env as an object": {"config": {"Env": {}}},
    "labels of lists": {"config": {"Labels": {"a": []}}},
    "os as a number": {"os": 5},
}


@pytest.mark.parametrize("case", CONFIGS)
def test_a_wrong_type_in_a_config_is_named_by_its_path(load: Loader, case: str) -> None:
    with complaint(DocumentError, "config."):
        load(docker_files(BASE, **CONFIGS[case]))


# -- names and links that lead astray ----------------------------------------------------------------------

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
    files[_blob_name(files)] = Link(target, hard)
    with complaint(ArchiveError, "outside the archive"):
        load(files)


def test_links_that_loop_or_lead_nowhere(load: Loader) -> None:
    files = docker_files(BASE)
    name = _blob_name(files)
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
            load.from_directory({**files, _blob_name(files): Link(target)})
        (load.directory / _blob_name(files)).unlink()
    inside = {**files, "blobs/kept": gzipped(BASE), _blob_name(files): Link("../kept")}
    assert paths(load.from_directory(inside)) == [["etc/os-release", "bin/sh"]]


def test_a_loop_of_links_a_fifo_and_a_directory_as_blobs_of_a_directory(load: Loader) -> None:
    files = oci_files(BASE)
    name = _blob_name(files)
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
    name = _blob_name(files)
    rest = pack({key: data for key, data in files.items() if key != name})
    for kind in (tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
        with complaint(MissingBlobError, "layer 0"):
            load(header(b"x" * 100, kind=kind) + header(name.encode(), kind=kind) + rest)


def test_a_sparse_member_of_the_archive_is_told_instead_of_read_wrong(load: Loader) -> None:
    files = docker_files(BASE)
    name = _blob_name(files)
    rest = pack({key: data for key, data in files.items() if key != name})
    records = {b"GNU.sparse.map": b"0,512", b"GNU.sparse.size": b"5120"}
    with complaint(ArchiveError, "sparse"):
        load(pax(records) + member(name.encode(), BASE[:512]) + rest)


# -- missing, foreign, encrypted, unknown ------------------------------------------------------------------


def test_a_missing_layer_is_named_and_partial_reads_the_rest(load: Loader) -> None:
    for maker in (oci_files, docker_files, docker_25_files):
        files = maker(BASE, APP)
        name = _blob_name(files)
        del files[name]
        with complaint(MissingBlobError, "layer 0", name, "--partial"):
            load(files)
        image = load(files, partial=True)
        assert paths(image) == [[], ["app/main"]]
        assert [layer.missing for layer in image.layers] == [True, False]
        assert [layer.diff_id for layer in image.layers] == [digest(BASE), digest(APP)]
        assert codes(image) == ["layer-missing"]


def test_a_foreign_layer_says_where_it_is_to_be_had(load: Loader) -> None:
    layout = Layout()
    foreign = {
        "mediaType": f"{OCI_LAYER.replace('.v1', '.nondistributable.v1')}+gzip",
        "digest": digest(b"windows"),
        "size": 10**9,
        "urls": ["https://example.com/base"],
    }
    settings = layout.blob(to_json(config([b"windows", APP])), OCI_CONFIG)
    files = layout.files(layout.blob(layout.manifest(settings, [foreign, layout.layer(APP)]), OCI_MANIFEST))
    with complaint(MissingBlobError, "layer 0", "foreign layer", "https://example.com/base", "--partial"):
        load(files)
    image = load(files, partial=True)
    assert (image.layers[0].missing, image.layers[0].blob_size) == (True, 10**9)


def test_a_missing_config_or_manifest_is_named(load: Loader) -> None:
    files = docker_files(BASE)
    name = next(name for name in files if "/" not in name and name != "manifest.json")
    without = {key: data for key, data in files.items() if key != name}
    with complaint(MissingBlobError, name, "config"):
        load(without)
    layout = Layout()
    image = layout.image(BASE)
    del layout.blobs[f"blobs/sha256/{image['digest'][7:]}"]
    with complaint(MissingBlobError, "does not hold", image["digest"]):
        load(layout.files(image))


def test_an_empty_name_is_told_as_one(load: Loader) -> None:
    for broken in ({"Config": ""}, {"Layers": [""]}):
        files = docker_files(BASE)
        [image] = from_json(files["manifest.json"])
        files["manifest.json"] = to_json([{**image, **broken}])
        with complaint(MissingBlobError, "holds no blob with an empty name"):
            load(files)


def test_an_encrypted_layer_is_named(load: Loader) -> None:
    with complaint(UnsupportedCompressionError, "layer 1", "encrypted", "decrypt"):
        load(_with_layer(b"secret" * 99, BASE, mediaType=OCI_LAYER + "+gzip+encrypted"))


UNREAD = {
    "lz4": b"\x04\x22\x4d\x18",
    "compress": b"\x1f\x9d\x90",
    "lzip": b"LZIP\x01",
    "snappy": b"\xff\x06\x00\x00sNaPpY",
    "lzop": b"\x89LZO\x00\r\n",
    "7-Zip": b"7z\xbc\xaf\x27\x1c",
    "zip": b"PK\x03\x04",
}


@pytest.mark.parametrize("name", UNREAD)
def test_a_compression_that_is_not_read_is_named(load: Loader, name: str) -> None:
    with complaint(UnsupportedCompressionError, "layer 1", f"compressed with {name}", "gzip or zstd"):
        load(_with_layer(UNREAD[name] + bytes(2000), BASE))


def test_a_layer_of_anything_else_is_no_tar(load: Loader) -> None:
    with complaint(CorruptLayerError, "layer 1", "no valid tar header at byte 0"):
        load(_with_layer(b"anything" * 200, BASE))


def test_schema_1_is_named(load: Loader) -> None:
    old = to_json({"schemaVersion": 1, "name": "a", "fsLayers": [{"blobSum": digest(b"")}], "history": []})
    layout = Layout()
    for files in (layout.files(layout.blob(old, OCI_MANIFEST)), {**skopeo_dir_files(BASE), "manifest.json": old}):
        with complaint(ArchiveError, "schema 1", "v2s2"):
            load(files)


def _artifact(config_type: str, layer_type: str, **more: Any) -> Files:
    layout = Layout()
    settings = layout.blob(b"{}", config_type)
    data = layout.manifest(settings, [layout.blob(b'{"a": 1}', layer_type)], **more)
    return layout.files(layout.blob(data, OCI_MANIFEST))


HELM = "application/vnd.cncf.helm"
ARTIFACTS: dict[str, tuple[Files, str]] = {
    "helm": (_artifact(f"{HELM}.config.v1+json", f"{HELM}.chart.content.v1.tar+gzip"), "a Helm chart"),
    "wasm": (_artifact("application/vnd.wasm.config.v0+json", "application/wasm"), "a WebAssembly module"),
    "cosign": (_artifact(OCI_CONFIG, "application/vnd.dev.cosign.simplesigning.v1+json"), "a cosign signature"),
    "cyclonedx": (_artifact(OCI_CONFIG, "application/vnd.cyclonedx+json"), "a CycloneDX SBOM"),
    "spdx": (_artifact(OCI_CONFIG, "text/spdx+json"), "an SPDX SBOM"),
    "in-toto": (_artifact(OCI_CONFIG, "application/vnd.in-toto+json"), "an in-toto attestation"),
    "notation": (
        _artifact("application/vnd.oci.empty.v1+json", "x", artifactType="application/vnd.cncf.notary.signature"),
        "a notation signature",
    ),
    "oras": (_artifact("application/vnd.unknown.config.v1+json", "text/plain"), "an artifact"),
}


@pytest.mark.parametrize("name", ARTIFACTS)
def test_an_artifact_that_is_no_image_is_told_for_what_it_is(load: Loader, name: str) -> None:
    files, words = ARTIFACTS[name]
    with complaint(ArchiveError, words, "not a container image"):
        load(files)


def test_an_artifact_manifest_without_a_config(load: Loader) -> None:
    layout = Layout()
    old = {
        "mediaType": "application/vnd.oci.artifact.manifest.v1+json",
        "artifactType": "application/spdx",
        "blobs": [],
    }
    with complaint(ArchiveError, "an SPDX SBOM"):
        load(layout.files(layout.blob(to_json(old), OCI_MANIFEST)))


# -- indexes -----------------------------------------------------------------------------------------------


def test_indexes_nested_too_deeply(load: Loader) -> None:
    layout = Layout()
    top = layout.image(BASE)
    for _ in range(9):
        top = layout.index(top)
    with complaint(LimitExceededError, "nested deeper than 8", "--limit depth="):
        load(layout.files(top))
    assert paths(load(layout.files(top), limits=ReadLimits(depth=9))) == [["etc/os-release", "bin/sh"]]


def test_an_index_that_lists_itself_ends_at_the_depth_limit(load: Loader) -> None:
    name = "0" * 64
    itself = {"mediaType": OCI_INDEX, "digest": f"sha256:{name}", "size": 1}
    files: Files = {f"blobs/sha256/{name}": to_json({"manifests": [itself]})}
    with complaint(LimitExceededError, "nested deeper than 8"):
        load({**files, "index.json": to_json({"manifests": [itself]})}, verify=False)
    files = {f"blobs/sha256/{name}": to_json({"manifests": [itself] * 50})}
    with complaint(LimitExceededError, "8"):
        load({**files, "index.json": to_json({"manifests": [itself]})}, verify=False)


def test_an_index_that_multiplies_is_stopped_by_the_number_of_images(load: Loader) -> None:
    layout = Layout()
    top = layout.image(BASE)
    for _ in range(6):
        top = layout.index(*[top] * 100)
    with complaint(LimitExceededError, "more than 10,000 images", "--limit manifests="):
        load(layout.files(top))
    with complaint(LimitExceededError, "more than 10,000", "--limit manifests="):
        load(changed(docker_files(BASE), "manifest.json", lambda value: value * 10_001))


def test_indexes_of_many_bytes_count_as_many_images(load: Loader) -> None:
    layout = Layout()
    image = layout.image(BASE)
    fat = [
        layout.blob(to_json({"manifests": [image], "annotations": {str(number): "x" * 1_000_000}}), OCI_INDEX)
        for number in range(5)
    ]
    with complaint(LimitExceededError, "more than 1,000 images", "--limit manifests="):
        load(layout.files(*fat), limits=ReadLimits(manifests=1000))
    assert load(layout.files(*fat[:3]), limits=ReadLimits(manifests=1000)).layers


def test_a_layer_listed_many_times_counts_each_time(load: Loader) -> None:
    layout = Layout()
    layer = layout.layer(layer_tar(*[(f"f{number}", b"") for number in range(50)]))
    data = layout.manifest(layout.blob(to_json({"os": "linux"}), OCI_CONFIG), [layer] * 3000)
    with complaint(LimitExceededError, "more than 100,000 entries", "--limit entries="):
        load(layout.files(layout.blob(data, OCI_MANIFEST)), limits=ReadLimits(entries=100_000))


def test_an_empty_index_and_an_index_of_attestations(load: Loader) -> None:
    layout = Layout()
    with complaint(ArchiveError, "lists no image"):
        load(layout.files())
    with complaint(ArchiveError, "lists no image"):
        load({**docker_files(BASE), "manifest.json": b"[]"})
    with complaint(ArchiveError, "lists no image"):
        load({"repositories": b"{}"})
    with complaint(ArchiveError, "nothing but attestations"):
        load(layout.files(layout.attestation(layout.image(BASE))))


def test_an_index_where_a_manifest_should_be(load: Loader) -> None:
    layout = Layout()
    top = {**layout.index(layout.image(BASE)), "mediaType": OCI_MANIFEST}
    with complaint(DocumentError, "is an index", "manifest"):
        load(layout.files(top))


def test_a_long_list_of_choices_is_cut(load: Loader) -> None:
    files = changed(
        docker_files(BASE), "manifest.json", lambda v: [{**v[0], "Layers": v[0]["Layers"] * n} for n in range(500)]
    )
    with complaint(AmbiguousImageError, "500 images", "and 480 more", "--image"):
        load(files)


# -- bombs and limits --------------------------------------------------------------------------------------

SMALL = ReadLimits(inflated=1 << 20, ratio=10)


@pytest.mark.parametrize("compression", ["gzip", "zstd", "bzip2", "xz"])
def test_a_layer_that_inflates_too_much_is_stopped(load: Loader, compression: str) -> None:
    bomb = COMPRESS[compression](bytes(30 << 20))
    with complaint(LimitExceededError, "layer 1", "over 10 times", "--limit ratio="):
        load(_with_layer(bomb, bytes(30 << 20)), limits=SMALL)


def test_a_bomb_in_many_members_is_stopped(load: Loader) -> None:
    bomb = in_parts(gzipped, bytes(30 << 20), 100)
    with complaint(LimitExceededError, "layer 1", "--limit ratio="):
        load(_with_layer(bomb, bytes(30 << 20)), limits=SMALL)


def test_a_compressed_archive_that_inflates_too_much_is_stopped(load: Loader) -> None:
    bomb = gzipped(pack({"a": bytes(30 << 20)}))
    with complaint(LimitExceededError, "over 10 times", "--limit ratio=", str(load.path)):
        load(bomb, limits=SMALL)


def test_too_many_entries_are_stopped_over_all_layers(load: Loader) -> None:
    half = layer_tar(*[(f"f{number}", b"") for number in range(60)])
    other = layer_tar(*[(f"g{number}", b"") for number in range(60)])
    with complaint(LimitExceededError, "more than 100 entries", "--limit entries="):
        load(docker_files(half, other), limits=ReadLimits(entries=100))
    with complaint(LimitExceededError, "more than 3 entries", "--limit entries="):
        load(docker_files(half), limits=ReadLimits(entries=3))


def test_long_names_are_stopped(load: Loader) -> None:
    for name in (long_name(b"n" * 1_000_000), pax({b"path": b"n" * 1_000_000}), long_name(b"n" * 40_000, b"K")):
        with complaint(LimitExceededError, "longer than the limit", "--limit name="):
            load(docker_files(tar(name, header(b"f", kind=b"2"))))
        with complaint(LimitExceededError, "longer than the limit", "--limit name="):
            load(name + header(b"f", kind=b"2") + pack(docker_files(BASE)))


def test_extended_headers_are_stopped(load: Loader) -> None:
    attributes = pax([(b"SCHILY.xattr.user.%d" % number, b"") for number in range(200_000)])
    for bomb in (attributes, long_name(b"x" * 5_000_000), pax({b"comment": b"c" * 1_500_000}) * 3):
        with complaint(LimitExceededError, "extended headers", "--limit header="):
            load(docker_files(tar(bomb, header())))


def test_attributes_given_to_every_member_count_as_entries(load: Loader) -> None:
    everywhere = pax([(b"SCHILY.xattr.user.%d" % number, b"") for number in range(1000)], kind=b"g")
    with complaint(LimitExceededError, "more than 50,000 entries"):
        load(docker_files(tar(everywhere, header() * 100)), limits=ReadLimits(entries=50_000))
    with complaint(LimitExceededError, "more than 3,000 entries", str(load.path)):
        load(everywhere + pack(docker_files(BASE)), limits=ReadLimits(entries=3000))


def test_a_document_that_is_too_large_is_stopped(load: Loader) -> None:
    with complaint(LimitExceededError, "manifest.json", "--limit document="):
        load({**docker_files(BASE), "manifest.json": b"[" + b" " * (17 << 20) + b"]"})
    with complaint(LimitExceededError, "index.json", "--limit document="):
        load.from_directory({**oci_files(BASE), "index.json": b"{" + b" " * (17 << 20) + b"}"})


def test_a_layout_of_thousands_of_images_keeps_no_file_open(load: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    layout = Layout()
    index = layout.index(*[layout.image(BASE, author=str(number)) for number in range(300)])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
    try:
        with complaint(AmbiguousImageError, "300 platforms"):
            load.from_directory(layout.files(index))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# -- hostile tar headers, in the archive and in a layer ----------------------------------------------------


def _huge(value: int) -> bytes:
    from tests.tar_builders import base256

    return base256(value, 12)


HEADERS: dict[str, bytes] = {
    "size 2^80": header(size=_huge(2**80)),
    "size 2^63": header(size=_huge(2**63)),
    "negative size": header(size=_huge(-512)),
    "PAX size 10^18": pax({b"size": b"%d" % 10**18}) + header(),
    "PAX size of 25 digits": pax({b"size": b"9" * 25}) + header(),
    "PAX size negative": pax({b"size": b"-5"}) + header(),
    "size of no number": header(size=b"0000000000z"),
    "size with a digit 9": header(size=b"00000000019"),
    "mode of no number": header(mode=b"abc", kind=b"5"),
    "no checksum": header(checksum=bytes(8)),
    "checksum of no number": header(checksum=b"zzzzzz\0 "),
    "wrong checksum": header(checksum=b"000001\0 "),
    "long name of 2^70 bytes": header(b"././@LongLink", kind=b"L", size=_huge(2**70)),
    "PAX header of 2^70 bytes": header(b"p", kind=b"x", size=_huge(2**70)),
    "PAX header with a negative size": header(b"p", kind=b"x", size=_huge(-1)),
    "PAX record without a length": member(b"p", b"path=x\n", kind=b"x") + header(),
    "PAX record of length 0": member(b"p", b"0 path=x\n", kind=b"x") + header(),
    "PAX record of length 1": member(b"p", b"1 a=b\n", kind=b"x") + header(),
    "PAX record that is too long": member(b"p", b"99 path=x\n", kind=b"x") + header(),
    "PAX record of endless length": member(b"p", b"9" * 5000 + b" path=x\n", kind=b"x") + header(),
    "PAX record without an equals sign": member(b"p", b"8 pathx\n", kind=b"x") + header(),
    "PAX record without a newline": member(b"p", b"9 path=xy", kind=b"x") + header(),
    "PAX time of no number": pax({b"mtime": b"yesterday"}) + header(),
    "PAX time of two points": pax({b"mtime": b"1.2.3"}) + header(),
    "PAX time without end": pax({b"mtime": b"9" * 5000}) + header(),
    "PAX user of no number": pax({b"uid": b"root"}) + header(),
    "PAX user minus nothing": pax({b"uid": b"-"}) + header(),
}


@pytest.mark.parametrize("case", HEADERS)
def test_a_hostile_header_in_a_layer(load: Loader, case: str) -> None:
    block = HEADERS[case]
    for tar_data in (
        tar(member(b"d/", kind=b"5"), block),
        tar(block),
        tar(member(b"f", b"1" * 700), block, member(b"z")),
    ):
        for files in (docker_files(tar_data), _with_layer(gzipped(tar_data), tar_data)):
            with pytest.raises((CorruptLayerError, LimitExceededError)) as caught:
                load(files)
            assert str(caught.value).startswith("layer ")
            assert caught.value.hint


@pytest.mark.parametrize("case", [case for case in HEADERS if "mode" not in case])
def test_a_hostile_header_in_the_archive(load: Loader, case: str) -> None:
    data = pack(docker_files(BASE))
    for archive in (HEADERS[case] + data, data[:512] + HEADERS[case] + data[512:]):
        with pytest.raises((ArchiveError, LimitExceededError)) as caught:
            load(archive)
        assert caught.value.hint


def test_an_error_names_the_lowest_layer_at_fault_whatever_the_timing(load: Loader) -> None:
    broken = tar(HEADERS["wrong checksum"])
    slow = tar(member(b"big", bytes(8 << 20)), HEADERS["wrong checksum"])
    for _ in range(3):
        with complaint(CorruptLayerError, "layer 1"):
            load(docker_files(BASE, slow, broken, broken + bytes(512)))


# -- what was asked for ------------------------------------------------------------------------------------


def test_asking_for_what_is_not_there(load: Loader) -> None:
    files = docker_25_files(BASE)
    with complaint(UsageError, "no image 'other'", "example:1"):
        load(files, image="other")
    with complaint(UsageError, "no image 7", "counted from 0"):
        load(files, image="7")
    with complaint(UsageError, "no image for linux/s390x", "linux/amd64"):
        load(files, platform="linux/s390x")
    for platform in ("linux", "linux/", "/amd64", "a/b/c/d", ""):
        with complaint(UsageError, "is no platform", "os/arch"):
            load(files, platform=platform)


def test_asking_for_an_unknown_content_digest(load: Loader) -> None:
    with complaint(UsageError, "'md5'", "blake3 or sha256"):
        load(docker_files(BASE), content_algorithm="md5")


def test_a_failing_disk_is_told_apart_from_a_damaged_archive(load: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    load.path.write_bytes(pack(docker_files(BASE)))
    monkeypatch.setattr(os, "pread", fail)
    with complaint(ArchiveError, "Input/output error", "disk"):
        load_image(str(load.path), options=LoadOptions())
