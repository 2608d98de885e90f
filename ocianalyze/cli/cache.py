"""`cache`: what is kept of layers that were read, and how it is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocianalyze.cli.caching import CACHE_DIR, OFF, VARIABLE, cache_home
from ocianalyze.cli.formats import ListingFormat
from ocianalyze.cli.options import grouped, option
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.api import DiskCache, KeptFile

cache = typer.Typer(help="Tell and drop what is kept of layers that were read.", no_args_is_help=True)

CacheDir = Annotated[Path | None, option(CACHE_DIR, "--cache-dir", metavar="DIR")]


@cache.command()
def info(cache_dir: CacheDir = None) -> None:
    """Tell where layers are kept, how many, and the bounds."""
    from ocianalyze.cli.output import opened
    from ocianalyze.model.amount import counted, size

    kept = _named(cache_dir)
    files = kept.files()
    with opened(None) as out:
        out.write(f"Directory  {kept.folder.path}\n")
        out.write(f"Kept       {counted(len(kept.layers()), 'layer')}, {size(sum(file.size for file in files))}\n")
        out.write(f"Bounds     {size(kept.bounds.size)}, {kept.bounds.days} days since the last use\n")
        if problem := kept.folder.problem:
            out.write(f"Not used   {problem}\n")


@cache.command("list")
@grouped
def list_(cache_dir: CacheDir = None, *, how: ListingFormat) -> None:
    """List the layers that are kept, most recently used last."""
    from ocianalyze.cli.output import show
    from ocianalyze.report.listings.cached import cached_listing
    from ocianalyze.report.values.listings import CachedRow

    rows = [
        CachedRow(
            digest=layer.about.digest,
            content_algorithm=layer.about.algorithm,
            entries=layer.about.entries,
            tar_size=layer.about.tar_size,
            stored=layer.file.size,
            used=int(layer.file.used),
        )
        for layer in _named(cache_dir).layers()
    ]
    show(cached_listing(rows), how.format)


@cache.command()
def prune(
    cache_dir: CacheDir = None,
    size: Annotated[str | None, option("Keep at most SIZE, such as 500MB.", "--size", metavar="SIZE")] = None,
    days: Annotated[int | None, option("Keep what was used in the last N days.", "--days", metavar="N", min=0)] = None,
) -> None:
    """Drop what is past the bounds, the least recently used first, and what killed runs left."""
    from ocianalyze.api import Bounds
    from ocianalyze.model.amount import parse_size

    kept = _named(cache_dir)
    bounds = Bounds(
        size=kept.bounds.size if size is None else parse_size(size), days=kept.bounds.days if days is None else days
    )
    _tell(kept.prune(bounds))


@cache.command()
def clear(cache_dir: CacheDir = None) -> None:
    """Drop everything."""
    _tell(_named(cache_dir).clear())


def _named(cache_dir: Path | None) -> DiskCache:
    from ocianalyze.api import DiskCache

    home = cache_home(cache_dir)
    if home is None:
        raise UsageError("there is no cache", hint=f"{VARIABLE}={OFF}, or no home directory; name one with --cache-dir")
    return DiskCache(home)


def _tell(dropped: Sequence[KeptFile]) -> None:
    from ocianalyze.cli.diagnostics import note
    from ocianalyze.model.amount import counted, size

    note(f"{counted(len(dropped), 'file')} dropped, {size(sum(file.size for file in dropped))}")
