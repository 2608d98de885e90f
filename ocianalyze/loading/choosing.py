"""The image that is meant, and its documents: chosen, counted, and joined with what is attached to it."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ocianalyze.errors import LimitExceededError, OcianalyzeError, RaiseLimit
from ocianalyze.loading.assemble import claimed_diff_ids
from ocianalyze.loading.conformance import platforms_disagree
from ocianalyze.loading.options import LoadOptions
from ocianalyze.model.artifact import Artifact
from ocianalyze.model.digest import DiffID
from ocianalyze.model.documents import Platform
from ocianalyze.model.finding import Finding
from ocianalyze.model.limits import ReadLimits
from ocianalyze.sources.candidate import Candidate, ImageParts
from ocianalyze.sources.choose import choose
from ocianalyze.sources.source import Source


def claimed_layers(source: Source, options: LoadOptions) -> tuple[DiffID, ...]:
    """The diff IDs that the chosen image claims for its layers; empty when it claims none. Reads no layer."""
    candidates = source.images()
    candidate, _ = chosen(source, candidates, options)
    return claimed_diff_ids(parts_of(source, candidates, candidate, options), verify=options.verify)


def parts_of(
    source: Source,
    candidates: Sequence[Candidate],
    candidate: Candidate,
    options: LoadOptions,
    notices: Sequence[Finding] = (),
) -> ImageParts:
    """The documents of *candidate*, one of all *candidates*, each layer with its diff ID, and what is attached to it.

    *notices* of the choice stand behind its own.
    """
    parts = source.parts(candidate)
    check_counts(parts, options.limits)
    diff_ids = claimed_diff_ids(parts, verify=options.verify)
    layers = [replace(claim, diff_id=diff_id) for claim, diff_id in zip(parts.layers, diff_ids, strict=False)]
    return replace(
        parts,
        layers=tuple(layers) or parts.layers,
        attached=tuple(attached_to(candidate, candidates)),
        notices=(*candidate.notices, *parts.notices, *platforms_disagree(candidate, parts), *notices),
    )


def attached_to(image: Candidate, candidates: Sequence[Candidate]) -> Iterator[Artifact]:
    """What *candidates* have about *image*: what names it, or an index that lists it, as its subject.

    Signatures and the like that do not name what they are about belong to the only image that there is.
    """
    is_alone = all(one.artifact is not None or one.group == image.group for one in candidates)
    for candidate in candidates:
        artifact = candidate.artifact
        if artifact is None or not candidate.present:
            continue
        if artifact.subject in image.digests or (artifact.subject is None and artifact.is_statement and is_alone):
            yield artifact


def check_counts(parts: ImageParts, limits: ReadLimits) -> None:
    """LimitExceededError when the documents list more than *limits* allow: much work for few bytes."""
    runtime = parts.config.runtime
    lists = {
        "env": runtime.env if runtime else None,
        "labels": runtime.labels if runtime else None,
        "ports": runtime.exposed_ports if runtime else None,
        "volumes": runtime.volumes if runtime else None,
    }
    counts = [("layers", len(parts.layers), "layers"), ("steps", len(parts.config.history or ()), "steps of history")]
    counts += [("variables", len(values or ()), name) for name, values in lists.items()]
    for name, count, what in counts:
        limit = getattr(limits, name)
        if count > limit:
            raise LimitExceededError(f"the image has {count:,} {what}, more than {limit:,}", remedy=RaiseLimit(name))


def chosen(
    source: Source, candidates: Sequence[Candidate], options: LoadOptions
) -> tuple[Candidate, tuple[Finding, ...]]:
    """The one of *candidates*, all that *source* has, that is meant; and what a person should know about the choice."""

    @functools.cache
    def platform_of(candidate: Candidate) -> Platform | None:
        if candidate.platform is not None or not candidate.present:
            return candidate.platform
        try:
            return source.parts(candidate).config.platform
        except OcianalyzeError:
            return None

    image = source.reference if options.image is None else options.image
    return choose(candidates, image=image, platform=options.platform, platform_of=platform_of)
