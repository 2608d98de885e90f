"""The baseline that an earlier report describes, and how an image compares with it as part of the next report."""

from __future__ import annotations

import msgspec

from ocianalyze.analysis.rules.baseline import Baseline
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.errors import DocumentError, WriteReport
from ocianalyze.model import go_json
from ocianalyze.model.documents import convert
from ocianalyze.report import REPORT_SCHEMA
from ocianalyze.report.values.baseline import BaselineRow


class _Merged(msgspec.Struct):
    size: int
    files: int


class _Image(msgspec.Struct):
    merged: _Merged


class _Path(msgspec.Struct, gc=False):
    path: str
    wasted: int


class _Waste(msgspec.Struct):
    wasted: int
    paths: list[_Path]


class _Layer(msgspec.Struct):
    missing: bool


class _Earlier(msgspec.Struct):
    """The fields of a report that a baseline needs; reports of every version have them."""

    schema: str
    image: _Image
    layers: list[_Layer]
    waste: _Waste


def parse_baseline(data: bytes, source: str) -> Baseline:
    """The baseline that the JSON report *data* describes. DocumentError where *data* is no report of ours."""
    document = go_json.parse(data, source)
    found = document.get("schema") if isinstance(document, dict) else None
    if found != REPORT_SCHEMA:
        raise DocumentError(
            f"not a report of the form {REPORT_SCHEMA}",
            where=source,
            remedy=WriteReport(),
        )
    earlier = convert(document, _Earlier, source)
    if any(layer.missing for layer in earlier.layers):
        raise DocumentError(
            "the report is of an image with missing layers",
            where=source,
            hint="make it again from the whole image",
        )
    return Baseline(
        source=source,
        size=earlier.image.merged.size,
        wasted=earlier.waste.wasted,
        files=earlier.image.merged.files,
        wasted_paths={one.path: one.wasted for one in earlier.waste.paths},
    )


def baseline_row(baseline: Baseline, analysis: Analysis) -> BaselineRow:
    """How *analysis* compares with *baseline*."""
    growth = baseline.growth(analysis)
    return BaselineRow(
        source=baseline.source,
        size=baseline.size,
        wasted=baseline.wasted,
        files=baseline.files,
        size_delta=growth.size,
        growth_ratio=growth.ratio,
        wasted_delta=growth.wasted,
        files_delta=growth.files,
    )
