"""The Image out of its documents and its scanned layers, in the order that the config's diff IDs decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ocianalyze.errors import DigestMismatchError, DocumentError, SkipVerification
from ocianalyze.layers.reader import LayerClaim, LayerReader
from ocianalyze.model.amount import counted
from ocianalyze.model.digest import UNKNOWN, ChainID, DiffID, chain_ids
from ocianalyze.model.documents import History
from ocianalyze.model.finding import Finding
from ocianalyze.model.history import align
from ocianalyze.model.image import Image, Layer
from ocianalyze.model.scanned import ScannedLayer
from ocianalyze.sources.candidate import ImageParts


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLayer:
    """One position in the manifest's list of layers: the claim, its reader, and what the scan found."""

    claim: LayerClaim
    reader: LayerReader | None
    """None where the source does not hold the layer."""
    scanned: ScannedLayer | None


def assemble(
    parts: ImageParts,
    found: Sequence[FoundLayer],
    *,
    source: str,
    archive_size: int,
    verify: bool,
    algorithm: str,
) -> tuple[Image, list[FoundLayer]]:
    """The Image, and *found* in the order of its layers.

    DigestMismatchError when a layer does not have the diff ID that the config claims.
    """
    claimed = claimed_diff_ids(parts, verify=verify)
    ordered, notices = _in_config_order(claimed, found, verify=verify)
    diff_ids = [_diff_id(layer, claimed[index] if claimed else None) for index, layer in enumerate(ordered)]
    history, mismatch = align(parts.config.history or (), len(ordered))
    by_layer = {step.layer: step.history for step in history if step.layer is not None}
    layers = tuple(
        _layer(index, layer, diff_ids[index], chain, by_layer[index], algorithm)
        for (index, layer), chain in zip(enumerate(ordered), chain_ids(diff_ids), strict=True)
    )
    image = Image(
        source=source,
        layout=parts.layout,
        names=parts.names,
        digest=parts.digest,
        config_digest=parts.config_digest,
        platform=parts.config.platform,
        config=parts.config,
        layers=layers,
        history=history,
        archive_size=archive_size,
        media_type=parts.media_type,
        annotations=tuple(sorted(parts.annotations.items())),
        attached=parts.attached,
        notices=(*parts.notices, *notices, *mismatch, *_layer_notices(ordered)),
    )
    return image, ordered


def _layer_notices(ordered: Sequence[FoundLayer]) -> Iterator[Finding]:
    for index, layer in enumerate(ordered):
        if layer.scanned is None:
            message = "the archive lacks the layer's blob; nothing is known of it, nor of what it does to the others"
            yield Finding(code="layer-missing", message=message, layer=index)
        else:
            yield from (replace(notice, layer=index) for notice in layer.scanned.notices)


def claimed_diff_ids(parts: ImageParts, *, verify: bool) -> tuple[DiffID, ...]:
    """The config's diff IDs, one a layer; none where the config has none.

    DocumentError when the config and the manifest count the layers differently, unless nothing is verified.
    """
    diff_ids = parts.config.diff_ids
    if not diff_ids or len(diff_ids) == len(parts.layers):
        return diff_ids
    if not verify:
        return ()
    raise DocumentError(
        f"the config has {counted(len(diff_ids), 'diff ID')}, and the manifest {counted(len(parts.layers), 'layer')}",
        where="config.rootfs.diff_ids",
        hint="the archive is damaged or was put together by hand",
        remedy=SkipVerification(),
    )


def _in_config_order(
    claimed: Sequence[DiffID], found: Sequence[FoundLayer], *, verify: bool
) -> tuple[list[FoundLayer], tuple[Finding, ...]]:
    """*found* in the order of the config's diff IDs, which some writers of manifests got wrong (moby#47161)."""
    got = [_known_diff_id(layer) for layer in found]
    wrong = [index for index, (have, want) in enumerate(zip(got, claimed, strict=False)) if have and have != want]
    if not wrong:
        return list(found), ()
    if None not in got and sorted(map(str, got)) == sorted(claimed):
        by_diff_id = dict(zip(got, found, strict=True))
        message = "the manifest lists the layers in another order than the config's diff IDs; the config decides"
        return [by_diff_id[diff_id] for diff_id in claimed], (Finding(code="layer-order", message=message),)
    if not verify:
        return list(found), ()
    index = wrong[0]
    error = DigestMismatchError(
        "the diff ID",
        expected=claimed[index],
        got=str(got[index]),
        hint="the layer is not the one that the config means; fetch or save the image again",
        remedy=SkipVerification(),
    )
    error.in_layer(index, found[index].claim.label)
    raise error


def _known_diff_id(layer: FoundLayer) -> DiffID | None:
    """The scanned diff ID; where it was not computed, the blob digest of an uncompressed layer, which equals it."""
    if layer.scanned is None:
        return None
    if layer.scanned.diff_id is not None:
        return layer.scanned.diff_id
    digest = layer.claim.digest
    return DiffID(digest) if digest and layer.scanned.compression == "none" else None


def _diff_id(layer: FoundLayer, claimed: DiffID | None) -> DiffID:
    if claimed is not None:
        return claimed
    if layer.scanned is None or layer.scanned.diff_id is None:
        return UNKNOWN
    return layer.scanned.diff_id


def _layer(
    index: int, layer: FoundLayer, diff_id: DiffID, chain_id: ChainID, history: History, algorithm: str
) -> Layer:
    scanned = layer.scanned
    return Layer(
        index=index,
        diff_id=diff_id,
        chain_id=chain_id,
        digest=layer.claim.digest,
        blob=layer.claim.name,
        media_type=layer.claim.media_type,
        compression=scanned.compression if scanned else "none",
        blob_size=layer.reader.size if layer.reader else layer.claim.size or 0,
        tar_size=scanned.tar_size if scanned else 0,
        entries=scanned.entries if scanned else (),
        content_algorithm=algorithm,
        history=history,
        urls=layer.claim.urls,
        missing=scanned is None,
    )
