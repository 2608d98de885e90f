"""What several formats say in the same words: the verdict in a line, the advice that comes first, what is attached."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ocianalyze.errors import brief
from ocianalyze.report import words
from ocianalyze.report.values.advice import AdviceRow
from ocianalyze.report.values.attached import AttachedRow
from ocianalyze.report.values.diff import DiffReport, SideBlock
from ocianalyze.report.values.report import Report
from ocianalyze.report.values.verdict import ExpiredRow, VerdictBlock


def headline(verdict: VerdictBlock) -> str:
    """The verdict in one line."""
    ignored = f", {len(verdict.ignored)} ignored" if verdict.ignored else ""
    rules = words.counted(verdict.rules, "rule") + (f" ({brief(verdict.config)})" if verdict.config else "")
    if verdict.passed:
        return f"Passed: {rules}{ignored}"
    return f"Failed: {words.counted(len(verdict.failures), 'failure')} of {rules}{ignored}"


def expired_notice(row: ExpiredRow) -> str:
    """A line that says that an ignore entry holds no longer."""
    where = f" for {row.path}" if row.path else ""
    return f"the ignore entry of {row.rule}{where} expired on {row.expires}; the rule applies again ({row.reason})"


def foremost(advice: list[AdviceRow], most: int) -> list[AdviceRow]:
    """At most *most* rows of *advice*: `squash`, which stands for many, always, and the first of the others."""
    whole = [row for row in advice if row.code == "squash"]
    others = [row for row in advice if row.code != "squash"]
    return [*others[: max(most - len(whole), 1)], *whole][:most]


def secrets(report: Report) -> list[AdviceRow]:
    """The findings of secrets that a layer stores and a later layer deletes: whoever has the image can read them."""
    return [row for row in report.advice if row.code == "secret"]


def secrets_headline(rows: Sequence[AdviceRow]) -> str:
    """How many files with secrets can still be read: `2 files can still be read`."""
    return f"{words.counted(sum(row.paths_total for row in rows), 'file')} can still be read"


def secrets_words(rows: Sequence[AdviceRow]) -> str:
    """The secrets in a line, with paths and layers: `2 files can still be read: /a/.env, /a/deploy_key (layer 5)`."""
    places = [f"{named_paths(row)} (layer {row.written_by})" for row in rows]
    return f"{secrets_headline(rows)}: {'; '.join(places)}"


def named_paths(row: AdviceRow) -> str:
    """The paths that *row* names, and how many others there are: `/a, /b and 3 more`."""
    left = row.paths_total - len(row.paths)
    return ", ".join("/" + path for path in row.paths) + (f" {words.more(left)}" if left else "")


def above_the_base(report: Report) -> str:
    """How many layers the base has, and what those above it store, and write or hide of the waste."""
    waste = report.waste
    if waste.base_layers >= len(report.layers):
        return "all layers count as the base"
    return (
        f"{words.counted(waste.base_layers, 'layer')}; those above store {words.size(waste.user_stored)} "
        f"and wrote or hid {words.size(waste.user_wasted)} of the waste"
    )


def missing_layers(side: Report | SideBlock) -> list[int]:
    """Layers that the archive lacks."""
    return [] if isinstance(side.missing_layers, msgspec.UnsetType) else side.missing_layers


def not_compared(report: DiffReport) -> str:
    """Which layers are missing, so that nobody knows whether the two images differ; empty where that is known."""
    if report.summary.identical:
        return ""
    sides = (("old", report.old), ("new", report.new))
    return "; ".join(
        f"{words.are_missing(layers)} in the {name} image" for name, side in sides if (layers := missing_layers(side))
    )


_PREDICATES = {
    "spdx.dev": "SPDX SBOM",
    "cyclonedx": "CycloneDX SBOM",
    "slsa.dev/provenance": "SLSA provenance",
    "in-toto.io/attestation/vulns": "vulnerabilities",
    "cosign.sigstore.dev/attestation/vuln": "vulnerabilities",
}
"""What an attestation says, by a part of its predicate type."""


def attached_words(rows: Sequence[AttachedRow]) -> str:
    """What is attached to an image, by kind: `1 signature, 1 attestation (SPDX SBOM, SLSA provenance)`."""
    parts = []
    for kind in dict.fromkeys(row.kind for row in rows):
        of_kind = [row for row in rows if row.kind == kind]
        predicates = [name.lower() for row in of_kind for name in row.predicates]
        said = [word for mark, word in _PREDICATES.items() if any(mark in name for name in predicates)]
        listed = f" ({', '.join(dict.fromkeys(said))})" if said else ""
        parts.append(words.counted(len(of_kind), kind) + listed)
    return ", ".join(parts)
