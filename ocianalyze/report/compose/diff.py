"""compose_diff(diff) -> DiffReport: flattens an ImageDiff for every output format."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ocianalyze import __version__
from ocianalyze.analysis.compare.builddiff import BuildDifference
from ocianalyze.analysis.compare.imagediff import ImageDiff
from ocianalyze.analysis.compare.layerdiff import LayerPair
from ocianalyze.analysis.compare.treediff import DiffKind, PathDiff
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.model.image import Layer
from ocianalyze.model.instruction import instruction
from ocianalyze.report import DIFF_SCHEMA
from ocianalyze.report.compose.rows import aspect_words
from ocianalyze.report.values.diff import (
    BuildRow,
    DiffReport,
    GrowthRow,
    KindTotal,
    LayerRow,
    LayerSideRow,
    PathRow,
    SettingRow,
    SideBlock,
    StepRow,
    SummaryBlock,
)
from ocianalyze.report.values.documents import ComparisonDocument
from ocianalyze.report.values.report import Tool


def compose_diff(diff: ImageDiff, *, builds: Sequence[BuildDifference] | None = None) -> DiffReport:
    """The report on *diff*; *builds* is what a strict comparison found, if there was one."""
    return DiffReport(
        schema=DIFF_SCHEMA,
        tool=Tool(name="ocianalyze", version=__version__),
        old=_side(diff.old),
        new=_side(diff.new),
        summary=_summary(diff),
        growth=[
            GrowthRow(
                path=row.path,
                directory=row.is_directory,
                delta=row.delta,
                gained=row.gained,
                lost=row.lost,
                paths=row.paths,
                rest=row.is_rest,
            )
            for row in diff.growth
        ],
        layers=[_layer_row(diff, pair) for pair in diff.layers],
        config=[
            SettingRow(field=change.field, key=change.key, old=change.old, new=change.new) for change in diff.config
        ],
        history=[
            StepRow(image="new" if change.is_new else "old", instruction=change.instruction) for change in diff.history
        ],
        changes=[_path_row(change, diff.delta(change)) for change in diff.changes],
        reproducible=msgspec.UNSET if builds is None else [BuildRow(**one._asdict()) for one in builds],
    )


def comparison_document(
    diff: ImageDiff, *, builds: Sequence[BuildDifference] | None = None, top: int | None = None
) -> ComparisonDocument:
    """The report on *diff* for every format."""
    return ComparisonDocument(report=compose_diff(diff, builds=builds), top=top)


def _side(analysis: Analysis) -> SideBlock:
    image, waste = analysis.image, analysis.waste
    return SideBlock(
        source=image.source,
        names=list(image.names),
        digest=str(image.digest) if image.digest else None,
        config_digest=str(image.config_digest) if image.config_digest else None,
        platform=str(image.platform),
        created=image.config.created,
        layers=len(image.layers),
        blob_size=sum(layer.blob_size for layer in image.layers),
        stored=waste.stored,
        live=waste.live,
        wasted=waste.wasted,
        efficiency=waste.efficiency,
        entries=sum(len(children) for _, children in analysis.tree.directories()),
        missing_layers=list(image.missing_layers) or msgspec.UNSET,
    )


def _summary(diff: ImageDiff) -> SummaryBlock:
    old, new = diff.old.waste, diff.new.waste
    return SummaryBlock(
        identical=diff.is_empty,
        size_delta=diff.size_delta,
        growth_ratio=diff.size_delta / old.live if old.live else float(new.live > 0),
        stored_delta=new.stored - old.stored,
        wasted_delta=new.wasted - old.wasted,
        efficiency_delta=new.efficiency - old.efficiency,
        pull_cost=diff.pull_cost,
        pull_layers=len(diff.to_pull),
        changes={kind: _total([change for change in diff.changes if change.kind is kind]) for kind in DiffKind},
    )


def _total(changes: list[PathDiff]) -> KindTotal:
    return KindTotal(
        count=len(changes),
        bytes_before=sum(change.size_before for change in changes),
        bytes_after=sum(change.size_after for change in changes),
    )


def _layer_row(diff: ImageDiff, pair: LayerPair) -> LayerRow:
    old = None if pair.old is None else _layer(diff.old.image.layers[pair.old])
    new = None if pair.new is None else _layer(diff.new.image.layers[pair.new])
    return LayerRow(status=pair.status, old=old, new=new)


def _layer(layer: Layer) -> LayerSideRow:
    return LayerSideRow(
        index=layer.index,
        diff_id=str(layer.diff_id),
        digest=str(layer.digest) if layer.digest else None,
        blob_size=layer.blob_size,
        size=layer.size,
        instruction=instruction(layer.history),
    )


def _path_row(change: PathDiff, delta: int) -> PathRow:
    return PathRow(
        path=change.path,
        kind=change.kind,
        moved_from=change.moved_from or None,
        aspects=aspect_words(change.aspects),
        type_before=change.old.kind.value if change.old else None,
        type_after=change.new.kind.value if change.new else None,
        size_before=change.size_before,
        size_after=change.size_after,
        size_delta=delta,
    )
