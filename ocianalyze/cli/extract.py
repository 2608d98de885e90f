"""Files out of an image: `cat` and `extract`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ocianalyze.cli.completion import complete_path
from ocianalyze.cli.image_options import ImageToRead
from ocianalyze.cli.reading import AfterLayer


def cat(
    source: ImageToRead,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files inside the image.", autocompletion=complete_path)
    ],
    layer: AfterLayer = None,
    raw: Annotated[
        bool, typer.Option("--raw", metavar="", help="Do not make control characters visible on a terminal.")
    ] = False,
) -> None:
    """Write the content of files. Links are followed inside the image; --layer K also shows what was deleted later."""
    from ocianalyze.cli.binary import standard_output, visibly

    with source.open() as opened:
        found = [opened.chunks(path, layer=layer) for path in paths]
        with standard_output() as out:
            for chunks in found:
                for chunk in chunks if raw or not sys.stdout.isatty() else visibly(chunks):
                    out.write(chunk)


def extract(
    source: ImageToRead,
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...", help="Files, directories or patterns; / is all.", autocompletion=complete_path
        ),
    ],
    directory: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Where to; made if need be.", show_default=False)
    ],
    layer: AfterLayer = None,
    owners: Annotated[
        bool, typer.Option("--owners", metavar="", help="Keep owners, setuid bits and attributes; takes root.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", metavar="", help="Replace files that are there.")] = False,
) -> None:
    """Copy files and directories out of the image, each to its own path below DIR, whole or not at all.

    Nothing is written outside DIR, whatever names and links the image holds. Modes and times are kept. Device nodes
    and pipes are left out; so are setuid and setgid bits, unless owners are kept.
    """
    from ocianalyze.cli.diagnostics import note
    from ocianalyze.report import words

    with source.open() as opened:
        done = opened.extract(*paths, to=directory, layer=layer, owners=owners, force=force)
    for path, why in done.skipped[:_NAMED]:
        note(f"left out /{path}: {why}")
    if len(done.skipped) > _NAMED:
        note(f"{words.more(len(done.skipped) - _NAMED, 'path')} left out")
    what = f"{words.counted(done.files, 'file')} in {words.counted(done.directories, 'directory', 'directories')}"
    note(f"{what}, {words.size(done.size)}, written to {directory}")


_NAMED = 10
"""How many of the files that were left out are named."""
