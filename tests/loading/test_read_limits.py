"""Bombs of every kind are stopped at a limit, which the error names with the option that raises it."""

from __future__ import annotations

import resource

import pytest

from ocianalyze.errors import AmbiguousImageError, LimitExceededError
from ocianalyze.model.limits import ReadLimits
from tests.archive_builders import Layout, docker_files, oci_files, pack
from tests.compressing import COMPRESS, gzipped, in_parts
from tests.loading.loader import Loader, complaint
from tests.loading.samples import BASE, with_layer
from tests.tar_builders import header, layer_tar, long_name, pax, tar

SMALL = ReadLimits(inflated=1 << 20, ratio=10)


@pytest.mark.parametrize("compression", ["gzip", "zstd", "bzip2", "xz"])
def test_a_layer_that_inflates_too_much_is_stopped(load: Loader, compression: str) -> None:
    bomb = COMPRESS[compression](bytes(30 << 20))
    with complaint(LimitExceededError, "layer 1", "over 10 times", "ReadLimits(ratio="):
        load(with_layer(bomb, bytes(30 << 20)), limits=SMALL)


def test_a_bomb_in_many_members_is_stopped(load: Loader) -> None:
    bomb = in_parts(gzipped, bytes(30 << 20), 100)
    with complaint(LimitExceededError, "layer 1", "ReadLimits(ratio="):
        load(with_layer(bomb, bytes(30 << 20)), limits=SMALL)


def test_a_compressed_archive_that_inflates_too_much_is_stopped(load: Loader) -> None:
    bomb = gzipped(pack({"a": bytes(30 << 20)}))
    with complaint(LimitExceededError, "over 10 times", "ReadLimits(ratio=", str(load.path)):
        load(bomb, limits=SMALL)


def test_too_many_entries_are_stopped_over_all_layers(load: Loader) -> None:
    half = layer_tar(*[(f"f{number}", b"") for number in range(60)])
    other = layer_tar(*[(f"g{number}", b"") for number in range(60)])
    with complaint(LimitExceededError, "more than 100 entries", "ReadLimits(entries="):
        load(docker_files(half, other), limits=ReadLimits(entries=100))
    with complaint(LimitExceededError, "more than 3 entries", "ReadLimits(entries="):
        load(docker_files(half), limits=ReadLimits(entries=3))


def test_long_names_are_stopped(load: Loader) -> None:
    for name in (long_name(b"n" * 1_000_000), pax({b"path": b"n" * 1_000_000}), long_name(b"n" * 40_000, b"K")):
        with complaint(LimitExceededError, "longer than the limit", "ReadLimits(name="):
            load(docker_files(tar(name, header(b"f", kind=b"2"))))
        with complaint(LimitExceededError, "longer than the limit", "ReadLimits(name="):
            load(name + header(b"f", kind=b"2") + pack(docker_files(BASE)))


def test_extended_headers_are_stopped(load: Loader) -> None:
    attributes = pax([(b"SCHILY.xattr.user.%d" % number, b"") for number in range(200_000)])
    for bomb in (attributes, long_name(b"x" * 5_000_000), pax({b"comment": b"c" * 1_500_000}) * 3):
        with complaint(LimitExceededError, "extended headers", "ReadLimits(header="):
            load(docker_files(tar(bomb, header())))


def test_attributes_given_to_every_member_count_as_entries(load: Loader) -> None:
    one = pax([(b"SCHILY.xattr.user.%d" % number, b"") for number in range(1000)]) + header()
    with complaint(LimitExceededError, "more than 50,000 entries"):
        load(docker_files(tar(one * 100)), limits=ReadLimits(entries=50_000))
    with complaint(LimitExceededError, "more than 3,000 members", str(load.path)):
        load(one * 4 + pack(docker_files(BASE)), limits=ReadLimits(members=3000))


def test_a_document_that_is_too_large_is_stopped(load: Loader) -> None:
    with complaint(LimitExceededError, "manifest.json", "ReadLimits(document="):
        load({**docker_files(BASE), "manifest.json": b"[" + b" " * (17 << 20) + b"]"})
    with complaint(LimitExceededError, "index.json", "ReadLimits(document="):
        load.from_directory({**oci_files(BASE), "index.json": b"{" + b" " * (17 << 20) + b"}"})


def test_a_layout_of_more_images_than_files_may_be_open_is_read(load: Loader) -> None:
    layout = Layout()
    index = layout.index(*[layout.image(BASE, author=str(number)) for number in range(300)])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
    try:
        with complaint(AmbiguousImageError, "300 platforms"):
            load.from_directory(layout.files(index))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
