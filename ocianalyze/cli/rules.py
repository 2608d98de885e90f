"""The rules that an image is held to: options before environment variables before a file, under the same names."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from functools import partial as with_panel
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from ocianalyze.api.rules import OPTIONS, Given, Rule, Takes
from ocianalyze.cli.options import Options, option
from ocianalyze.cli.rule_files import CONFIG_FILE, DIVE_FILE, is_dive, rules_of_environment, rules_of_file
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.api import Analysis
    from ocianalyze.api.judging import Baseline, Ruleset, Verdict

_TYPES: dict[Takes, Any] = {Takes.VALUE: str | None, Takes.SWITCH: bool | None, Takes.LIST: list[str]}
_FILES = f"{CONFIG_FILE}, pyproject.toml or {DIVE_FILE}"
_rules = with_panel(option, panel="Rules")


class RuleOptions(Options):
    """The rules that options give: where files of rules are, --baseline, and an option for each rule of the table."""

    config: Annotated[
        Path | None,
        _rules(f"A file of rules; else {_FILES} in this directory.", metavar="FILE"),
    ] = None
    no_project_rules: Annotated[bool, _rules(f"Ignore {_FILES} in this directory.", "--no-project-rules")] = False
    baseline: Annotated[
        str | None,
        _rules("An earlier JSON report, or an earlier image, to which the growth is compared.", metavar="FILE"),
    ] = None
    values: dict[str, Any]
    """Name of a rule -> the value of its option, for the options that are given."""

    @classmethod
    def parameters(cls) -> list[inspect.Parameter]:
        """--config, --no-project-rules, --baseline, and an option for each rule."""
        own = [one for one in super().parameters() if one.name != "values"]
        return [*own, *(_parameter(rule) for rule in OPTIONS)]

    @classmethod
    def from_given(cls, given: dict[str, Any]) -> Self:
        """The options that are given."""
        values = {rule.name: given.pop(_field(rule)) for rule in OPTIONS}
        return cls(
            config=given.pop("config"),
            no_project_rules=given.pop("no_project_rules"),
            baseline=given.pop("baseline"),
            values={name: value for name, value in values.items() if value not in (None, [])},
        )

    def read(self) -> HeldTo:
        """All rules that the image is held to. UsageError for a mistake in any of them."""
        from ocianalyze.api.judging import make_ruleset

        file, in_file = rules_of_file(self.config, in_directory=not self.no_project_rules)
        rules = in_file | rules_of_environment()
        rules |= {name: Given(value=value, where=f"--{name}") for name, value in self.values.items()}
        ignores, baseline = rules.pop("ignore", None), rules.pop("baseline", None)
        if baseline and not isinstance(baseline.value, str):
            raise UsageError("expected the name of a report or an archive", where=baseline.where)
        held_to = HeldTo(
            rules=make_ruleset(rules, ignores),
            baseline=self.baseline or (baseline.value if baseline else None),
            config=file,
            is_foreign=file is not None and self.config is None and is_dive(Path(file)),
        )
        if (growth := held_to.rules.needing_baseline) and not held_to.baseline:
            raise UsageError(
                f"{growth[0]} needs a baseline",
                where=rules[growth[0]].where,
                hint=f"add --baseline with an earlier report or image, or --{growth[0]} off",
            )
        return held_to


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTo:
    """The rules that an image is held to, the file that they come from, and the name of the baseline."""

    rules: Ruleset
    baseline: str | None
    config: str | None
    """The file that rules came from."""
    is_foreign: bool
    """Whether that file is another tool's and no option names it, so that a note says that it is used."""

    def judge(self, analysis: Analysis, baseline: Baseline | None) -> Verdict | None:
        """The verdict on *analysis*, today; None where there are no rules."""
        from datetime import datetime

        from ocianalyze.api.judging import judge

        if not self.rules.names:
            return None
        verdict = judge(analysis, self.rules, today=datetime.now().astimezone().date(), baseline=baseline)
        return replace(verdict, config=self.config)


def _parameter(rule: Rule[Any]) -> inspect.Parameter:
    """The option of *rule*."""
    repeatable = "Repeatable." if rule.takes is Takes.LIST else ""
    text = " ".join(part for part in (rule.meaning, rule.more_help, repeatable) if part)
    return inspect.Parameter(
        _field(rule),
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[_TYPES[rule.takes], _rules(text, f"--{rule.name}", metavar=rule.metavar)],
        default=[] if rule.takes is Takes.LIST else None,
    )


def _field(rule: Rule[Any]) -> str:
    return rule.name.replace("-", "_")
