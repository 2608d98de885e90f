"""Which rules an image is held to: options before environment variables before a file, under the same names."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocianalyze.analysis.rules.given import Given, known, nearest
from ocianalyze.analysis.rules.rule import Rule, Takes
from ocianalyze.analysis.rules.table import OPTIONS, RULES
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.analysis.rules.baseline import Baseline
    from ocianalyze.analysis.rules.judge import Verdict
    from ocianalyze.analysis.rules.ruleset import Ruleset
    from ocianalyze.analysis.union.analyze import Analysis

PANEL = "Rules"
CONFIG_FILE = ".ocianalyze.toml"
_DIVE_FILE = ".dive-ci"
_PREFIX = "OCIANALYZE_"
_LARGEST = 1 << 20
"""Bytes that a file of rules may have."""
_TYPES: dict[Takes, Any] = {Takes.VALUE: str | None, Takes.SWITCH: bool | None, Takes.LIST: list[str]}
_NAMES = tuple(rule.name for rule in OPTIONS)
_DIVE_DEFAULTS = {rule.name: rule.dive_default for rule in RULES if rule.dive_default is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOptions:
    """What the command line says of rules."""

    config: Path | None = None
    given: dict[str, Any] = field(default_factory=dict)
    """Name of a rule -> what its option says."""

    baseline: str | None = None

    def read(self) -> HeldTo:
        """All that the image is held to; UsageError for what is wrong in any of it."""
        from ocianalyze.analysis.rules.ruleset import make_ruleset

        file, in_file = _file(self.config)
        rules = in_file | _environment()
        rules |= {name: Given(value=value, where=f"--{name}") for name, value in self.given.items()}
        ignores, baseline = rules.pop("ignore", None), rules.pop("baseline", None)
        if baseline and not isinstance(baseline.value, str):
            raise UsageError("expected the name of a report or an archive", where=baseline.where)
        held_to = HeldTo(
            rules=make_ruleset(rules, ignores),
            baseline=self.baseline or (baseline.value if baseline else None),
            config=file,
            is_foreign=file is not None and self.config is None and _is_dive(Path(file)),
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
    """Rules, where they are from, and where the baseline of some of them is."""

    rules: Ruleset
    baseline: str | None
    config: str | None
    """The file that rules came from."""
    is_foreign: bool
    """That file is another tool's, and nobody named it: worth a word."""

    def judge(self, analysis: Analysis, baseline: Baseline | None) -> Verdict | None:
        """The verdict on *analysis*, today; None where there are no rules."""
        from datetime import datetime

        from ocianalyze.analysis.rules.judge import judge

        if not self.rules.names:
            return None
        verdict = judge(analysis, self.rules, today=datetime.now().astimezone().date(), baseline=baseline)
        return replace(verdict, config=self.config)


def takes_rules(command: Callable[..., None]) -> Callable[..., None]:
    """*command*, which takes `rules`, as one that takes the options that they are made of."""

    def run(*positional: Any, **given: Any) -> None:
        values = {name: given.pop(name.replace("-", "_")) for name in _NAMES}
        named = {name: value for name, value in values.items() if value not in (None, [])}
        options = RuleOptions(config=given.pop("config"), baseline=given.pop("baseline"), given=named)
        command(*positional, rules=options, **given)

    own = [one for one in inspect.signature(command, eval_str=True).parameters.values() if one.name != "rules"]
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    # What is put on top of this reads the options from the signature.
    run.__signature__ = inspect.Signature([*own, *_parameters()])  # type: ignore[attr-defined]
    return run


def _parameters() -> list[inspect.Parameter]:
    def option(kind: Any, name: str, text: str, metavar: str) -> inspect.Parameter:
        info = typer.Option(f"--{name}", metavar=metavar, help=text, rich_help_panel=PANEL, show_default=False)
        return inspect.Parameter(
            name.replace("-", "_"),
            inspect.Parameter.KEYWORD_ONLY,
            annotation=Annotated[kind, info],
            default=[] if kind == list[str] else None,
        )

    where = f"A file of rules; else {CONFIG_FILE}, pyproject.toml or {_DIVE_FILE} in this directory."
    before = "An earlier JSON report, or an earlier image, to which the growth is compared."
    found = [option(Path | None, "config", where, "FILE"), option(str | None, "baseline", before, "FILE")]
    return [*found, *(option(_TYPES[rule.takes], rule.name, _help(rule), rule.metavar) for rule in OPTIONS)]


def _help(rule: Rule[Any]) -> str:
    repeatable = "Repeatable." if rule.takes is Takes.LIST else ""
    return " ".join(part for part in (rule.meaning, rule.more_help, repeatable) if part)


def _environment() -> dict[str, Given]:
    """OCIANALYZE_MAX_WASTED and its like; several values of a list are separated by semicolons."""
    lists = {rule.name for rule in OPTIONS if rule.takes is Takes.LIST}
    names = (*_NAMES, "baseline")
    found = {}
    for variable, text in os.environ.items():
        name = variable.removeprefix(_PREFIX).lower().replace("_", "-") if variable.startswith(_PREFIX) else ""
        if name in names and text:
            value = [part for part in text.split(";") if part] if name in lists else text
            found[name] = Given(value=value, where=variable)
        # Whatever else is called like this may be meant for something else, but not what is nearly a rule.
        elif name and name not in names and (near := nearest(name, names, cutoff=0.85)):
            hint = f"did you mean {_PREFIX}{near.upper().replace('-', '_')}?"
            raise UsageError(f"there is no rule {name!r}", where=variable, hint=hint)
    return found


def _file(config: Path | None) -> tuple[str | None, dict[str, Given]]:
    """The file that is named or found, and what is in it."""
    named = config or (Path(os.environ["OCIANALYZE_CONFIG"]) if os.environ.get("OCIANALYZE_CONFIG") else None)
    if named is not None:
        if named.name == "pyproject.toml":
            return str(named), _from_table(_project_table(named), f"{named}: tool.ocianalyze")
        return str(named), _dive(named) if _is_dive(named) else _from_table(_toml(named), str(named))
    if Path(CONFIG_FILE).is_file():
        return CONFIG_FILE, _from_table(_toml(Path(CONFIG_FILE)), CONFIG_FILE)
    project = Path("pyproject.toml")
    # A project's file that says nothing of us may be as it likes.
    if project.is_file() and b"ocianalyze" in _bytes(project) and (table := _project_table(project)):
        return str(project), _from_table(table, f"{project}: tool.ocianalyze")
    return (_DIVE_FILE, _dive(Path(_DIVE_FILE))) if Path(_DIVE_FILE).is_file() else (None, {})


def _is_dive(file: Path) -> bool:
    return file.name == _DIVE_FILE or file.suffix in (".yaml", ".yml")


def _from_table(table: dict[str, Any], where: str) -> dict[str, Given]:
    separator = "." if ": " in where else ": "
    found = {}
    for key, value in table.items():
        if key == "tool":
            raise UsageError("rules stand at the top of this file", where=where, hint="leave [tool.ocianalyze] out")
        known(key, (*_NAMES, "ignore", "baseline"), where, "rule")
        found[key] = Given(value=value, where=f"{where}{separator}{key}")
    return found


def _project_table(file: Path) -> dict[str, Any]:
    tool = _toml(file).get("tool", {})
    table = tool.get("ocianalyze", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise UsageError("expected a table", where=f"{file}: tool.ocianalyze")
    return table


def _toml(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(_text(file))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"not valid TOML: {error}", where=str(file)) from None


def _dive(file: Path) -> dict[str, Given]:
    """dive's rules, with dive's own values where the file names none."""
    import yaml

    try:
        document = yaml.safe_load(_text(file))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        first = " ".join(str(error).split())
        raise UsageError(f"not valid YAML: {first}", where=str(file)) from None
    table = (document or {}).get("rules") if isinstance(document or {}, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError("expected a mapping", where=f"{file}: rules")
    values: dict[str, Any] = dict(_DIVE_DEFAULTS)
    for key, value in (table or {}).items():
        known(str(key), _DIVE_DEFAULTS, f"{file}: rules", "rule of dive's")
        values[str(key)] = value
    return {key: Given(value=value, where=f"{file}: rules.{key}") for key, value in values.items()}


def _text(file: Path) -> str:
    try:
        return _bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"not UTF-8 text at byte {error.start}", where=str(file)) from None


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror or error}") from None
    if len(data) > _LARGEST:
        raise UsageError(f"{file} is too large to be a file of rules")
    return data
