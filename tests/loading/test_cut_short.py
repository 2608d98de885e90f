"""Archives and layers that end too early, wherever they are cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocianalyze.errors import ArchiveError, CorruptLayerError, MissingBlobError
from tests.archive_builders import Files, docker_25_files, docker_files, legacy_files, oci_files, pack
from tests.compressing import COMPRESS
from tests.loading.loader import Loader, complaint, paths
from tests.loading.samples import APP, BASE, blob_name, with_layer

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
            load(with_layer(blob[:size], BASE), verify=verify)


def test_a_plain_layer_cut_inside_a_member_is_corrupt_even_unverified(load: Loader) -> None:
    for size in range(513, 513 + 8, 3):
        with complaint(CorruptLayerError, "layer 1", "early"):
            load(with_layer(BASE[:size], BASE), verify=False)
    with complaint(CorruptLayerError, "layer 1", "middle of a header"):
        load(with_layer(BASE[:300], BASE), verify=False)


def test_the_cut_is_named_where_the_blob_would_have_ended(load: Loader) -> None:
    files = docker_files(BASE)
    name = blob_name(files)
    files[name] = files.pop(name)
    with complaint(ArchiveError, "cut short", "layer.tar"):
        load(pack(files)[: -10240 - 700])
