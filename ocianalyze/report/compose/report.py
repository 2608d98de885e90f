"""compose(analysis) -> Report: flattens an Analysis for every output format. Each number is computed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain

import msgspec

from ocianalyze import __version__
from ocianalyze.analysis.rules.baseline import Baseline
from ocianalyze.analysis.rules.judge import Verdict
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.waste.dive import DiveCompat
from ocianalyze.analysis.waste.waste import WastedPath, WasteReport
from ocianalyze.model.digest import Digest
from ocianalyze.model.documents import Healthcheck, Runtime
from ocianalyze.model.image import Image, Layer
from ocianalyze.model.instruction import instruction
from ocianalyze.report import REPORT_SCHEMA
from ocianalyze.report.compose.advice import advice_rows
from ocianalyze.report.compose.attached import attached_row
from ocianalyze.report.compose.baseline import baseline_row
from ocianalyze.report.compose.merged import merged_view
from ocianalyze.report.compose.totals import change_totals
from ocianalyze.report.compose.verdict import verdict_block
from ocianalyze.report.values.change import ChangeRow
from ocianalyze.report.values.dive import DiveCompatRow
from ocianalyze.report.values.documents import ReportDocument
from ocianalyze.report.values.report import (
    ConfigSummary,
    HealthcheckRow,
    HistoryRow,
    ImageSummary,
    LayerBlock,
    LayerPairRow,
    MergedView,
    NoticeRow,
    PlatformRow,
    Report,
    Tool,
    WasteBlock,
    WastedPathRow,
)
from ocianalyze.report.values.sizemap import SizeMap

LARGEST_FILES = 20
"""How many of the largest files a report holds unless it is told."""


def compose(
    analysis: Analysis, *, top: int | None = None, verdict: Verdict | None = None, baseline: Baseline | None = None
) -> Report:
    """The report on *analysis*, with its *top* wasted paths (None: all) and largest files (None: 20)."""
    image = analysis.image
    merged, largest = merged_view(analysis, LARGEST_FILES if top is None else top)
    return Report(
        schema=REPORT_SCHEMA,
        tool=Tool(name="ocianalyze", version=__version__),
        image=_image(analysis, merged),
        config=_config(image.config.runtime or Runtime()),
        history=_history(image),
        layers=_layers(analysis),
        waste=_waste(analysis.waste, top),
        dive_compat=_dive(analysis.dive),
        largest_files=largest,
        advice=advice_rows(analysis),
        notices=[
            NoticeRow(code=notice.code, message=notice.message, layer=notice.layer, path=notice.path)
            for notice in analysis.notices
        ],
        missing_layers=list(image.missing_layers) or msgspec.UNSET,
        attached=[attached_row(artifact) for artifact in image.attached] or msgspec.UNSET,
        baseline=msgspec.UNSET if baseline is None else baseline_row(baseline, analysis),
        verdict=msgspec.UNSET if verdict is None else verdict_block(verdict),
    )


def report_document(
    analysis: Analysis,
    *,
    top: int | None = None,
    verdict: Verdict | None = None,
    baseline: Baseline | None = None,
    files: bool = False,
) -> ReportDocument:
    """The report on *analysis* for every format; with *files*, JSON lists every change."""

    def maps() -> tuple[SizeMap, SizeMap]:
        # Deferred: the page alone shows them.
        from ocianalyze.report.compose.sizemap import merged_map, waste_map

        return merged_map(analysis), waste_map(analysis)

    def changes() -> Iterator[ChangeRow]:
        from ocianalyze.report.compose.rows import change_rows

        return change_rows(chain.from_iterable(analysis.changes))

    return ReportDocument(
        report=compose(analysis, top=top, verdict=verdict, baseline=baseline),
        maps=maps,
        changes=changes if files else None,
        top=top,
    )


def _dive(dive: DiveCompat) -> DiveCompatRow:
    return DiveCompatRow(
        efficiency_score=dive.efficiency_score,
        inefficient_bytes=dive.inefficient_bytes,
        user_size_bytes=dive.user_size_bytes,
        user_wasted_percent=dive.user_wasted_percent,
    )


def _image(analysis: Analysis, merged: MergedView) -> ImageSummary:
    image, config = analysis.image, analysis.image.config
    return ImageSummary(
        source=image.source,
        layout=image.layout,
        names=list(image.names),
        digest=_text(image.digest),
        config_digest=_text(image.config_digest),
        media_type=image.media_type,
        platform=_platform(image),
        created=config.created,
        author=config.author,
        annotations=dict(image.annotations),
        archive_size=image.archive_size,
        blob_size=sum(layer.blob_size for layer in image.layers),
        tar_size=sum(layer.tar_size for layer in image.layers),
        size=analysis.waste.stored,
        entries=sum(len(layer.entries) for layer in image.layers),
        merged=merged,
    )


def _text(digest: Digest | None) -> str | None:
    """A digest as the plain `str` that encoders know."""
    return None if digest is None else str(digest)


def _platform(image: Image) -> PlatformRow:
    platform = image.platform
    return PlatformRow(
        os=platform.os or None,
        architecture=platform.architecture or None,
        variant=platform.variant,
        os_version=platform.os_version,
    )


def _config(runtime: Runtime) -> ConfigSummary:
    return ConfigSummary(
        user=runtime.user,
        env=list(runtime.env or ()),
        entrypoint=_words(runtime.entrypoint),
        cmd=_words(runtime.cmd),
        working_dir=runtime.working_dir,
        shell=list(runtime.shell or ()),
        exposed_ports=sorted(runtime.exposed_ports or ()),
        volumes=sorted(runtime.volumes or ()),
        labels=dict(sorted((runtime.labels or {}).items())),
        stop_signal=runtime.stop_signal,
        on_build=list(runtime.on_build or ()),
        healthcheck=_healthcheck(runtime.healthcheck),
    )


def _words(command: list[str] | str | None) -> list[str]:
    """A command as its words; some builders wrote a plain string."""
    return [command] if isinstance(command, str) else list(command or ())


def _healthcheck(check: Healthcheck | None) -> HealthcheckRow | None:
    if check is None:
        return None
    return HealthcheckRow(
        test=list(check.test or ()),
        interval=check.interval,
        timeout=check.timeout,
        start_period=check.start_period,
        start_interval=check.start_interval,
        retries=check.retries,
    )


def _history(image: Image) -> list[HistoryRow]:
    return [
        HistoryRow(
            layer=step.layer,
            created=step.history.created,
            created_by=step.history.created_by,
            instruction=instruction(step.history),
            author=step.history.author,
            comment=step.history.comment,
        )
        for step in image.history
    ]


def _layers(analysis: Analysis) -> list[LayerBlock]:
    wasted: Counter[int] = Counter()
    for (written_by, _), size in analysis.waste.by_layer_pair.items():
        wasted[written_by] += size
    return [_layer(analysis, layer, wasted[layer.index]) for layer in analysis.image.layers]


def _layer(analysis: Analysis, layer: Layer, wasted: int) -> LayerBlock:
    history = layer.history
    return LayerBlock(
        index=layer.index,
        digest=_text(layer.digest),
        diff_id=str(layer.diff_id),
        chain_id=str(layer.chain_id),
        media_type=layer.media_type,
        compression=layer.compression,
        blob_size=layer.blob_size,
        tar_size=layer.tar_size,
        size=layer.size,
        wasted=wasted,
        entries=len(layer.entries),
        created=history.created if history else None,
        created_by=history.created_by if history else None,
        instruction=instruction(history),
        missing=layer.missing,
        changes=change_totals(analysis, layer),
    )


def _waste(waste: WasteReport, top: int | None) -> WasteBlock:
    return WasteBlock(
        stored=waste.stored,
        live=waste.live,
        wasted=waste.wasted,
        efficiency=waste.efficiency,
        base_layers=waste.base_layers,
        user_stored=waste.user_stored,
        user_wasted=waste.user_wasted,
        user_wasted_ratio=waste.user_wasted_ratio,
        by_cause=dict(waste.by_cause),
        by_layer_pair=[
            LayerPairRow(written_by=written_by, killed_by=killed_by, wasted=wasted)
            for (written_by, killed_by), wasted in waste.by_layer_pair.items()
        ],
        paths_total=len(waste.paths),
        paths=[_wasted_path(path) for path in (waste.paths if top is None else waste.paths[:top])],
    )


def _wasted_path(path: WastedPath) -> WastedPathRow:
    largest = path.main_copy
    return WastedPathRow(
        path=path.path,
        wasted=path.wasted,
        copies=len(path.copies),
        cause=largest.cause,
        written_by=largest.written_by,
        killed_by=largest.killed_by,
    )
