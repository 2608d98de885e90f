"""Where layers that were read are kept between runs, out of options and the environment; and saying so, once."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.api import LoadOptions

VARIABLE = "OCIANALYZE_CACHE"
OFF = "off"
CACHE_DIR = f"Where layers that were read are kept between runs; else ${VARIABLE}, or below $XDG_CACHE_HOME."
NO_CACHE = f"Keep no layers, and take none that were kept. The same: {VARIABLE}={OFF}."
TRUST_CACHE = "Do not read a kept layer whose file is as it was when an earlier run verified it."


def remembering(
    options: LoadOptions, *, cache_dir: Path | None, no_cache: bool = False, trust_cache: bool = False
) -> LoadOptions:
    """*options* with the cache that the command line and the environment name. UsageError where they contradict."""
    if no_cache and (cache_dir or trust_cache):
        raise UsageError(f"--no-cache and --{'cache-dir' if cache_dir else 'trust-cache'} exclude each other")
    home = None if no_cache else cache_home(cache_dir)
    if home is None:
        return options
    from ocianalyze.api import DiskCache

    return dataclasses.replace(options, cache=DiskCache(home), trust_cache=trust_cache)


def cache_home(cache_dir: Path | None) -> Path | None:
    """The directory of the cache; None where there is none to be."""
    if cache_dir is not None:
        return cache_dir
    named = os.environ.get(VARIABLE)
    if named:
        return None if named == OFF else Path(named)
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not base.startswith("/"):  # which the XDG base directory specification ignores, as if it were not set
        try:
            base = str(Path.home() / ".cache")
        except RuntimeError:
            return None
    return Path(base) / "ocianalyze"


def tell_where(options: LoadOptions) -> None:
    """Say where layers are kept, once: in the run that made the directory, on a terminal."""
    from ocianalyze.cli.diagnostics import note

    if options.cache is not None and options.cache.folder.is_new and sys.stderr.isatty():
        note(
            f"what was read is kept in {options.cache.home} (paths, sizes and digests), so that the next run is "
            "quick; --no-cache keeps nothing, and ocianalyze cache clear removes it"
        )
