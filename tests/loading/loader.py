"""What tests of archives share: load what is in memory, and expect a complaint that helps."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.analysis.compare.imagediff import ImageDiff
from ocianalyze.api import open_pair
from ocianalyze.errors import AmbiguousImageError, OcianalyzeError
from ocianalyze.loading.load import load, open_for
from ocianalyze.loading.options import LoadOptions
from ocianalyze.model.image import Image
from tests.archive_builders import Link, pack, spread


def load_image(name: str, *, options: LoadOptions | None = None, **more: Any) -> Image:
    """The image in the source *name*, which is closed again; *more* is for `load`."""
    options = options or LoadOptions()
    with contextlib.closing(open_for(name, options, more.get("progress"))) as source:
        return load(source, name, options=options, **more).image


def compare_files(old: str, new: str, **options: Any) -> ImageDiff:
    """How two images differ, which are closed again; *options* are those of `open_pair`."""
    with open_pair(old, new, **options) as pair:
        return pair.difference


class Loader:
    """Writes an archive to a temporary place and loads it; keyword arguments are LoadOptions."""

    def __init__(self, tmp_path: Path) -> None:
        self.path = tmp_path / "image.tar"
        self.directory = tmp_path / "image"

    def __call__(self, archive: bytes | Mapping[str, bytes | Link], **options: Any) -> Image:
        self.path.write_bytes(archive if isinstance(archive, bytes) else pack(archive))
        return load_image(str(self.path), options=LoadOptions(**options))

    def from_directory(self, files: Mapping[str, bytes | Link], **options: Any) -> Image:
        return load_image(str(spread(files, self.directory)), options=LoadOptions(**options))


def paths(image: Image) -> list[list[str]]:
    """The paths of each layer's entries."""
    return [[entry.path for entry in layer.entries] for layer in image.layers]


def codes(image: Image) -> list[str]:
    return [notice.code for notice in image.notices]


@contextlib.contextmanager
def complaint(kind: type[OcianalyzeError], *words: str) -> Iterator[pytest.ExceptionInfo[OcianalyzeError]]:
    """Expect exactly *kind*, with each of *words* in what a person gets to read, and a hint of some length."""
    with pytest.raises(OcianalyzeError) as caught:
        yield caught
    error = caught.value
    assert type(error) is kind, repr(error)
    text = f"{error}\n{error.suggestion}"
    for word in words:
        assert word in text, text
    assert error.suggestion
    assert len(error.suggestion) > 10
    assert len(text) < 2000
    if isinstance(error, AmbiguousImageError):
        assert error.choices
