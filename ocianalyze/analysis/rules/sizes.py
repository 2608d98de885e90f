"""Rules about how large an image may be, as a whole and in its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ocianalyze.analysis.rules.numbers import Number, limit, number_failed, parse_number
from ocianalyze.analysis.rules.rule import Rule, Takes
from ocianalyze.model.finding import Finding, Unit

if TYPE_CHECKING:
    from ocianalyze.analysis.rules.case import Case


def _layer_sizes(case: Case, demands: Sequence[Number]) -> Iterator[Finding]:
    largest = max(case.analysis.image.layers, key=lambda layer: layer.size, default=None)
    for demand in demands:
        if largest is not None and largest.size > demand:
            said, layer = f" in layer {largest.index}", largest.index
            yield number_failed("max-layer-size", Unit.BYTES, demand, largest.size, said=said, layer=layer)


def _file_sizes(case: Case, demands: Sequence[Number]) -> Iterator[Finding]:
    for demand in demands:
        found = sorted(
            (-node.entry.size, prefix + name)
            for prefix, name, node in case.analysis.tree.files()
            if node.entry and node.entry.size > demand
        )
        too_large = [one for one in found if ("max-file-size", one[1]) not in case.exempt]
        if too_large:
            paths = [path for _, path in too_large]
            yield number_failed("max-file-size", Unit.BYTES, demand, -too_large[0][0], paths=paths)


def _files(case: Case) -> int:
    from ocianalyze.analysis.rules.baseline import count_files

    return count_files(case.analysis)


RULES = (
    limit(
        "max-size",
        Unit.BYTES,
        "Bytes of the files in all layers.",
        lambda case: case.analysis.waste.stored,
        example='"500MB"',
    ),
    limit(
        "max-blob-size",
        Unit.BYTES,
        "Bytes of all layers as stored.",
        lambda case: sum(layer.blob_size for layer in case.analysis.image.layers),
        example='"200MB"',
    ),
    Rule(
        name="max-layer-size",
        takes=Takes.VALUE,
        meaning="Bytes of the files in any one layer.",
        metavar="SIZE",
        example='"300MB"',
        parse=lambda given: [parse_number(given, Unit.BYTES)],
        judge=_layer_sizes,
    ),
    Rule(
        name="max-file-size",
        takes=Takes.VALUE,
        meaning="Bytes of any one file of the merged view.",
        metavar="SIZE",
        example='"100MB"',
        parse=lambda given: [parse_number(given, Unit.BYTES)],
        judge=_file_sizes,
        is_about_paths=True,
    ),
    limit(
        "max-layers",
        Unit.COUNT,
        "How many layers.",
        lambda case: len(case.analysis.image.layers),
        example="25",
        needs_layers=False,
    ),
    limit("max-files", Unit.COUNT, "Files in the merged view, by name.", _files, example="20000"),
)
