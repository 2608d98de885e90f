"""Completing paths inside an image on the shell's command line."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from ocianalyze.errors import OcianalyzeError

if TYPE_CHECKING:
    from ocianalyze.api import Analysis

_CHEAP = 64 << 20
"""Bytes of an archive that are read within the patience of somebody who pressed Tab."""
_MOST = 500
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9_/.+@-]+")
"""Paths that every shell takes as they stand. Shells differ in how they quote what is offered, and zsh evaluates it."""


def complete_path(ctx: Any, incomplete: str) -> list[str]:
    """The names in the image that begin as *incomplete* does; none for a large archive, a pipe, or what is no image."""
    given = ctx.params
    source = given.get("image_") or ""
    try:
        if not os.path.isfile(source) or os.path.getsize(source) > _CHEAP:  # noqa: PTH113, PTH202 - any text at all
            return []
        from ocianalyze.api import LoadOptions, analyze_file

        options = LoadOptions(image=given.get("image"), platform=given.get("platform"), verify=False, partial=True)
        return _names(analyze_file(source, options=options), given.get("layer"), incomplete)
    except (OSError, OcianalyzeError):
        return []


def _names(analysis: Analysis, layer: int | None, incomplete: str) -> list[str]:
    """What is in the directory that *incomplete* names, spelled as it is; without those that need quotes."""
    from ocianalyze.api.views import names_in

    directory, _, start = incomplete.rpartition("/")
    prefix = f"{directory}/" if directory else "/"
    found = [
        f"{prefix}{name}{'/' if is_directory else ''}"
        for name, is_directory in names_in(analysis, directory, layer=layer)
        if name.startswith(start)
    ]
    return [path for path in found if _NEEDS_NO_QUOTES.fullmatch(path)][:_MOST]
