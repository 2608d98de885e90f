"""RULES: every rule that an image can be held to, in the order in which they are listed and judged."""

from __future__ import annotations

from typing import Any

from ocianalyze.analysis.rules import config, files, growth, sizes, waste
from ocianalyze.analysis.rules.rule import Rule

RULES: tuple[Rule[Any], ...] = (
    *waste.RULES,
    *sizes.RULES,
    *growth.RULES,
    *waste.DIVE_RULES,
    *files.RULES,
    *config.RULES,
)
BY_NAME = {rule.name: rule for rule in RULES}
OPTIONS = tuple(rule for rule in RULES if rule.is_ours)
"""The rules that have an option, and a key in our files."""
