"""Advice on how an image wastes less: for each finding the layers, a remedy, and the bytes that the remedy saves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ocianalyze.analysis.advice.secrets import is_secret
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.waste.waste import WasteCause, WastedCopy
from ocianalyze.model.image import Layer
from ocianalyze.model.instruction import instruction

LEAST_SHARE = 0.001
"""The share of the stored bytes that a finding saves at least, or it is left out; secrets are never left out."""
MOST_PATHS = 5
_DELETED, _OPAQUE, _METADATA_ONLY = WasteCause.DELETED, WasteCause.OPAQUE, WasteCause.METADATA_ONLY

_CACHES = re.compile(
    r"(var/cache/(apt|yum|dnf|apk|man|fontconfig)|var/lib/apt/lists|(root|home/[^/]+)/(\.cache|\.npm|\.cargo/registry"
    r"|\.m2|\.gradle|\.composer/cache|go/pkg/mod)|usr/local/share/\.cache|tmp|var/tmp)(/|$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing to do."""

    code: str
    """Stable, for machines: `secret`, `cache`, `copied-then-deleted`, `deleted-later`, `chown`, ..."""
    remedy: str
    saving: int
    """Bytes that the remedy saves."""
    written_by: int
    killed_by: int
    paths: tuple[str, ...]
    """The largest of the wasted paths."""
    paths_total: int


def advise(analysis: Analysis) -> tuple[Advice, ...]:
    """The findings, secrets first, then those that save the most."""
    groups: dict[tuple[str, int, int], list[WastedCopy]] = {}
    copying = [_is_copy(layer) for layer in analysis.image.layers]
    for _, _, copies in analysis.waste.paths:
        for copy in copies:
            path, _, cause, written_by, killed_by = copy
            key = (_code(path, cause, copying[written_by]), written_by, killed_by)
            groups.setdefault(key, []).append(copy)
    least = LEAST_SHARE * analysis.waste.stored
    found = [
        _advice(code, written_by, killed_by, copies)
        for (code, written_by, killed_by), copies in groups.items()
        if code == "secret" or sum(copy.size for copy in copies) >= least
    ]
    return tuple(sorted(found, key=lambda one: (one.code != "secret", -one.saving, one.written_by, one.killed_by)))


def _code(path: str, cause: WasteCause, was_copied: bool) -> str:
    if cause is _DELETED or cause is _OPAQUE:
        if is_secret(path):
            return "secret"
        if was_copied:
            return "copied-then-deleted"
        return "cache" if _CACHES.match(path) else "deleted-later"
    if cause is _METADATA_ONLY and was_copied:
        return "copied-then-chowned"
    return str(cause.value)


_REMEDIES = {
    "secret": "a secret can still be read from layer {written}: rotate it, and use RUN --mount=type=secret instead",
    "cache": "clean the cache in the RUN that fills it (layer {written}), or use RUN --mount=type=cache",
    "copied-then-deleted": "do not copy what layer {killed} deletes: mount it in the RUN, or list it in .dockerignore",
    "deleted-later": "delete it in the RUN that makes it (layer {written}), or copy the result from another stage",
    "copied-then-chowned": "set owner and mode while copying: COPY --chown=... --chmod=... in layer {written}",
    "metadata-only": "change owner and mode in the RUN that writes the files (layer {written}), not in a later one",
    "overwritten": "write it once: do in layer {written} what layer {killed} does, or copy it from another stage",
    "replaced": "make it what it becomes in layer {killed} right away",
    "duplicate-entry": "layer {written} stores it more than once: mend the tool that writes the layer",
}


def _advice(code: str, written: int, killed: int, copies: Iterable[WastedCopy]) -> Advice:
    ordered = sorted(copies, key=lambda copy: (-copy.size, copy.path))
    return Advice(
        code=code,
        remedy=_REMEDIES[code].format(written=written, killed=killed),
        saving=sum(copy.size for copy in ordered),
        written_by=written,
        killed_by=killed,
        paths=tuple(dict.fromkeys(copy.path for copy in ordered))[:MOST_PATHS],
        paths_total=len({copy.path for copy in ordered}),
    )


def _is_copy(layer: Layer) -> bool:
    return instruction(layer.history).partition(" ")[0] in ("COPY", "ADD")
