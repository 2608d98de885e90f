"""Checks of files that a build stores and hides again, each with a better way to write the Dockerfile."""

from __future__ import annotations

import re

from ocianalyze.analysis.checks.check import WasteCheck
from ocianalyze.analysis.waste.waste import WasteCause

_DELETED = (WasteCause.DELETED, WasteCause.OPAQUE)
_CACHES = re.compile(
    r"(var/cache/(apt|yum|dnf|apk|man|fontconfig)|var/lib/apt/lists|(root|home/[^/]+)/(\.cache|\.npm|\.cargo/registry"
    r"|\.m2|\.gradle|\.composer/cache|go/pkg/mod)|usr/local/share/\.cache|tmp|var/tmp)(/|$)"
)


def _is_cache(path: str) -> bool:
    return _CACHES.match(path) is not None


CHECKS = (
    WasteCheck(
        code="copied-then-deleted",
        meaning="Files were copied into the image, and deleted by a later layer.",
        causes=_DELETED,
        only_copied=True,
        remedy="do not copy what layer {hidden} deletes: mount it in the RUN, or list it in .dockerignore",
    ),
    WasteCheck(
        code="cache",
        meaning="A cache of a package manager, or a temporary file, was deleted by a later layer.",
        causes=_DELETED,
        fits_path=_is_cache,
        remedy="clean the cache in the RUN that fills it (layer {written}), or use RUN --mount=type=cache",
    ),
    WasteCheck(
        code="deleted-later",
        meaning="Files were made, and deleted by a later layer.",
        causes=_DELETED,
        remedy="delete it in the RUN that makes it (layer {written}), or copy the result from another stage",
    ),
    WasteCheck(
        code="copied-then-chowned",
        meaning="Files were copied, and a later layer changed their owner or mode.",
        causes=(WasteCause.METADATA_ONLY,),
        only_copied=True,
        remedy="set owner and mode while copying: COPY --chown=... --chmod=... in layer {written}",
    ),
    WasteCheck(
        code="metadata-only",
        meaning="A later layer changed the owner, mode or time of files, and stores them again.",
        causes=(WasteCause.METADATA_ONLY,),
        remedy="change owner and mode in the RUN that writes the files (layer {written}), not in a later one",
    ),
    WasteCheck(
        code="overwritten",
        meaning="Files were overwritten with other content.",
        causes=(WasteCause.OVERWRITTEN,),
        remedy="write it once: do in layer {written} what layer {hidden} does, or copy it from another stage",
    ),
    WasteCheck(
        code="replaced",
        meaning="Files were replaced by something of another type.",
        causes=(WasteCause.REPLACED,),
        remedy="make it what it becomes in layer {hidden} right away",
    ),
    WasteCheck(
        code="duplicate-entry",
        meaning="A layer stores a path more than once.",
        causes=(WasteCause.DUPLICATE_ENTRY,),
        remedy="layer {written} stores it more than once: mend the tool that writes the layer",
    ),
)
