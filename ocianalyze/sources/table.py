"""SOURCES: every kind of source that an image can be named in, and the one function that opens a name."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from ocianalyze.errors import UsageError
from ocianalyze.sources.image_files import ImageFiles
from ocianalyze.sources.layouts.catalog import Documents
from ocianalyze.sources.opening import STANDARD_INPUT
from ocianalyze.sources.root_files import from_export, is_export, open_root_files
from ocianalyze.sources.source import OpenOptions, Source
from ocianalyze.sources.store import TarStore


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind:
    """One kind of source: how its names are spelled, and how it is opened."""

    prefix: str
    """What a name of this kind begins with, without the colon."""
    syntax: str
    """How a name is spelled, for help and documentation."""
    about: str
    """What the source is, in a few words."""
    open: Callable[[str, OpenOptions], Source]
    """Opens what stands behind the colon."""


def _archive(documents: Documents | None) -> Callable[[str, OpenOptions], Source]:
    """A function that opens an archive file by one table of contents."""

    def opened(rest: str, options: OpenOptions) -> Source:
        path, reference = _path_and_reference(rest)
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises for names that are too long
            raise UsageError(f"{path} is a directory", hint="an archive is a file; name a layout directory as oci:DIR")
        return ImageFiles(path, options, documents=documents, reference=reference)

    return opened


def _directory(documents: Documents) -> Callable[[str, OpenOptions], Source]:
    """A function that opens a directory by one table of contents."""

    def opened(rest: str, options: OpenOptions) -> Source:
        path, reference = _path_and_reference(rest)
        if os.path.lexists(path) and not os.path.isdir(path):  # noqa: PTH112
            raise UsageError(f"{path} is not a directory", hint="an archive is named oci-archive:FILE")
        return ImageFiles(path, options, documents=documents, reference=reference)

    return opened


SOURCES: tuple[SourceKind, ...] = (
    SourceKind(
        prefix="docker-archive",
        syntax="docker-archive:FILE[:NAME|:@INDEX]",
        about="an archive by docker save or podman save",
        open=_archive(Documents.DOCKER),
    ),
    SourceKind(
        prefix="oci-archive",
        syntax="oci-archive:FILE[:NAME]",
        about="an OCI image layout in a tar",
        open=_archive(Documents.OCI),
    ),
    SourceKind(
        prefix="oci", syntax="oci:DIR[:NAME]", about="an OCI image layout directory", open=_directory(Documents.OCI)
    ),
    SourceKind(
        prefix="dir", syntax="dir:DIR", about="a directory by skopeo copy dir:", open=_directory(Documents.DIRECTORY)
    ),
    SourceKind(
        prefix="rootfs",
        syntax="rootfs:PATH",
        about="a root file system: a directory, as buildah mount shows one, or a tar, as docker export writes one",
        open=open_root_files,
    ),
)
"""All kinds, in the order in which the documentation lists them."""


def open_source(name: str, options: OpenOptions | None = None) -> Source:
    """Open the source that the user names: a path, `-` for standard input, or one of `SOURCES` by its prefix.

    A file or directory of exactly that name always wins over a prefix. Raises ArchiveError or UsageError.
    """
    options = options or OpenOptions()
    prefix, colon, rest = name.partition(":")
    kind = next((kind for kind in SOURCES if kind.prefix == prefix), None)
    if not colon or kind is None or name == STANDARD_INPUT or os.path.lexists(name):
        return open_root_files(name, options) if options.rootfs else _files(name, options)
    if not rest:
        raise UsageError(f"{name} names no file", hint=f"expected {kind.syntax}")
    return kind.open(rest, options)


def _files(name: str, options: OpenOptions) -> Source:
    """The images in an archive or a directory; or, in a tar by docker export, its files as an image."""
    files = ImageFiles(name, options)
    if files.catalog.has_tables or not isinstance(files.store, TarStore) or not is_export(files.store):
        return files
    return from_export(files.store, name)


def _path_and_reference(rest: str) -> tuple[str, str | None]:
    """The path in *rest*, and the image that is named behind it; a path that exists has no such name in it."""
    path, colon, reference = rest.partition(":")
    if not colon or os.path.lexists(rest):
        return rest, None
    return path, reference or None
