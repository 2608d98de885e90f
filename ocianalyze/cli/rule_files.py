"""Rules as the environment and files give them: OCIANALYZE_ variables, our own file, pyproject.toml, dive's file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ocianalyze.api.rules import OPTIONS, RULES, Given, Takes, known, nearest
from ocianalyze.errors import UsageError

CONFIG_FILE = ".ocianalyze.toml"
DIVE_FILE = ".dive-ci"
_PREFIX = "OCIANALYZE_"
_LARGEST = 1 << 20
"""Bytes that a file of rules may have."""
_NAMES = tuple(rule.name for rule in OPTIONS)
_DIVE_DEFAULTS = {rule.name: rule.dive_default for rule in RULES if rule.dive_default is not None}


def rules_of_environment() -> dict[str, Given]:
    """The rules of OCIANALYZE_MAX_WASTED and its like; several values of a list are separated by semicolons."""
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


def rules_of_file(config: Path | None, *, in_directory: bool = True) -> tuple[str | None, dict[str, Given]]:
    """The file of rules that *config* or OCIANALYZE_CONFIG names, and the rules in it; else that of this directory."""
    named = config or (Path(os.environ["OCIANALYZE_CONFIG"]) if os.environ.get("OCIANALYZE_CONFIG") else None)
    if named is not None:
        if named.name == "pyproject.toml":
            return str(named), _from_table(_project_table(named), f"{named}: tool.ocianalyze")
        return str(named), _dive(named) if is_dive(named) else _from_table(_toml(named), str(named))
    return _rules_of_directory() if in_directory else (None, {})


def _rules_of_directory() -> tuple[str | None, dict[str, Given]]:
    """The file of rules in this directory, and the rules in it.

    A file that is a link comes from a change that may be anybody's, while its target is this machine's: nothing of it
    is told.
    """
    try:
        return _found_rules()
    except UsageError as error:
        linked = [name for name in (CONFIG_FILE, "pyproject.toml", DIVE_FILE) if Path(name).is_symlink()]
        if name := next((name for name in linked if name in f"{error.where} {error.message}"), None):
            raise UsageError("what it links to is no file of rules", where=name) from None
        raise


def _found_rules() -> tuple[str | None, dict[str, Given]]:
    if Path(CONFIG_FILE).is_file():
        return CONFIG_FILE, _from_table(_toml(Path(CONFIG_FILE)), CONFIG_FILE)
    project = Path("pyproject.toml")
    # A project's file that says nothing of us may be as it likes.
    if project.is_file() and b"ocianalyze" in _bytes(project) and (table := _project_table(project)):
        return str(project), _from_table(table, f"{project}: tool.ocianalyze")
    return (DIVE_FILE, _dive(Path(DIVE_FILE))) if Path(DIVE_FILE).is_file() else (None, {})


def is_dive(file: Path) -> bool:
    """Whether *file* is a file of dive's, by its name."""
    return file.name == DIVE_FILE or file.suffix in (".yaml", ".yml")


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
    except ValueError:  # of Python itself, for more than 4,300 digits
        raise UsageError("not valid TOML: a number has too many digits", where=str(file)) from None


def _dive(file: Path) -> dict[str, Given]:
    """The rules of a file of dive's, with dive's own values where the file names none."""
    import yaml

    try:
        document = yaml.safe_load(_text(file))
    except yaml.MarkedYAMLError as error:
        at = f" (at line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise UsageError(f"not valid YAML: {error.problem}{at}", where=str(file)) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UsageError(f"not valid YAML: {str(error).partition(chr(10))[0]}", where=str(file)) from None
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
