"""Images and file systems, written again: `export` and `convert`."""

from __future__ import annotations

import contextlib
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocianalyze.cli.image_options import ImageToRead
from ocianalyze.cli.reading import AfterLayer
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.api import Converted


class Kind(Enum):
    """The forms in which an image is written."""

    OCI_ARCHIVE = "oci-archive"
    OCI_LAYOUT = "oci-layout"
    DOCKER_ARCHIVE = "docker-archive"


class Compression(Enum):
    """What layers are compressed with."""

    GZIP = "gzip"
    ZSTD = "zstd"
    NONE = "none"
    KEEP = "keep"


Level = Annotated[
    int | None, typer.Option("--level", metavar="N", help="How hard to compress.", show_default="gzip 6, zstd 3")
]
NewNames = Annotated[
    list[str],
    typer.Option("--name", metavar="NAME:TAG", help="Name the image so. Repeatable.", show_default="its own names"),
]


def export(
    source: ImageToRead,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to.", show_default="standard output")
    ] = None,
    paths: Annotated[
        list[str], typer.Option("--path", metavar="PATH", help="Only this, and all below. Repeatable.")
    ] = [],  # noqa: B006 - typer copies it, as below
    layer: AfterLayer = None,
    only_layer: Annotated[
        int | None,
        typer.Option("--only-layer", metavar="K", help="The tar of layer K alone, as it is.", show_default=False),
    ] = None,
    squash: Annotated[
        bool, typer.Option("--squash", metavar="", help="An image of one layer, as an OCI archive, with its config.")
    ] = False,
    compress: Annotated[Compression, typer.Option(help="Of the layer of --squash.")] = Compression.GZIP,
    level: Level = None,
    name: NewNames = [],  # noqa: B006
) -> None:
    """Write the merged file system as a tar, with its hard links, attributes and holes.

    The same image gives the same bytes. --squash writes an image of one layer instead, --only-layer one layer's tar.
    """
    if sum([layer is not None, only_layer is not None]) > 1 or (squash and (only_layer is not None or paths)):
        raise UsageError("--layer, --only-layer, and --squash with --path or --only-layer, exclude each other")
    if squash:
        _squash(source, output, layer, compress, level, name)
    else:
        _export(source, output, layer, only_layer, paths)


def _export(
    source: ImageToRead, output: Path | None, layer: int | None, only_layer: int | None, paths: list[str]
) -> None:
    from ocianalyze.api.files import export_layer, export_tar
    from ocianalyze.cli.binary import check_binary, written

    check_binary(output, source.path)
    with source.open() as opened, written(output) as out:
        if only_layer is None:
            export_tar(opened, out, layer=layer, paths=paths)
        else:
            export_layer(opened, only_layer, out)


def _squash(
    source: ImageToRead,
    output: Path | None,
    layer: int | None,
    compress: Compression,
    level: int | None,
    names: list[str],
) -> None:
    from ocianalyze.api.files import squash_image
    from ocianalyze.cli.diagnostics import note
    from ocianalyze.cli.output import check

    if output is None or str(output) == "-":
        raise UsageError("--squash writes an archive, which needs a file", hint="name it with -o FILE")
    if compress is Compression.KEEP:
        raise UsageError("--squash makes a new layer, which has no compression to keep")
    check(output, source.path)
    with source.open() as opened:
        digest = squash_image(opened, output, layer=layer, compression=compress.value, level=level, names=names or None)
    note(f"{output}: {digest}")


def convert(
    source: ImageToRead,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="PATH", help="Where to.", show_default=False)],
    to: Annotated[Kind, typer.Option("--to", help="The form.")] = Kind.OCI_ARCHIVE,
    compress: Annotated[
        Compression | None,
        typer.Option(help="Of the layers.", show_default="keep; none for a docker archive"),
    ] = None,
    level: Level = None,
    name: NewNames = [],  # noqa: B006 - typer copies it
    all_platforms: Annotated[
        bool, typer.Option("--all-platforms", metavar="", help="Every platform of the image, under one index.")
    ] = False,
) -> None:
    """Write the image in another form, or with its layers compressed otherwise.

    Annotations, subject and platform are kept; a manifest that has nothing new to say keeps its digest.
    """
    from ocianalyze.api.files import convert_image
    from ocianalyze.cli.output import check

    if str(output) == "-":
        raise UsageError("an image cannot be written to standard output", hint="name a file with -o")
    usual = Compression.NONE if to is Kind.DOCKER_ARCHIVE else Compression.KEEP
    if to is not Kind.OCI_LAYOUT:
        check(output, source.path)
    chosen = (compress or usual).value
    if all_platforms:
        if source.platform is not None:
            raise UsageError("--platform and --all-platforms exclude each other")
        _convert_platforms(source, output, to, chosen, level, name)
        return
    with source.open() as opened:
        done = convert_image(opened, output, kind=to.value, compression=chosen, level=level, names=name or None)
        chosen_for = [notice.message for notice in opened.image.notices if notice.code == "platform-chosen"]
        elsewhere = [
            f"layer {layer.index} stays where it is: {layer.urls[0]}" for layer in opened.layers if layer.missing
        ]
    _tell(output, done, [*(f"{message}; --all-platforms writes all of them" for message in chosen_for), *elsewhere])


def _convert_platforms(
    source: ImageToRead, output: Path, to: Kind, compression: str, level: int | None, names: list[str]
) -> None:
    """Write every platform of the image, and say which."""
    from ocianalyze.api.files import convert_platforms, open_platforms
    from ocianalyze.cli.progress import watching

    with contextlib.ExitStack() as closing:
        with watching() as progress:
            opening = open_platforms(source.path, options=source.options(), progress=progress)
            images = closing.enter_context(opening)
        done = convert_platforms(
            images,
            output,
            kind=to.value,
            compression=compression,
            level=level,
            names=names or None,
            verify=not source.no_verify,
        )
    _tell(output, done, [f"written for {', '.join(str(one.image.platform) for one in images)}"])


def _tell(output: Path, done: Converted, notes: list[str]) -> None:
    """Say what was written, and which names were not."""
    from ocianalyze.cli.diagnostics import note

    for one in notes:
        note(one)
    for name in done.dropped:
        note(f"the name {name!r} is left out, for a docker archive takes NAME:TAG; --name gives one")
    note(f"{output}: {done.digest}")
