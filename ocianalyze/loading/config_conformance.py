"""What a config tells a runtime that no runtime could do: dates, variables, users, ports, signals, directories.

What Go's readers or umoci refuse is an error; what they read, and a container then fails on or ignores, a warning.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import replace

from ocianalyze.errors import brief
from ocianalyze.model.documents import ImageConfig, Runtime
from ocianalyze.model.finding import Finding, FoundBy, Level
from ocianalyze.model.notices import Notices

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d?):([0-5]\d):([0-5]\d)(?:[.,]\d+)?(?:Z|[+-]\d\d:[0-5]\d)",
    re.ASCII,
)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MOST_ID = (1 << 31) - 1
_NUMBER = re.compile(r"[+-]?\d+", re.ASCII)
_PORT = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?(?:/(\w+))?", re.ASCII)
_PROTOCOLS = (None, "tcp", "udp", "sctp")
_SIGNALS = (
    {"ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL"}
    | {"PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1"}
    | {"USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX"}
)
"""Without `SIG`."""
_SIGNAL_NUMBER = re.compile(r"(?:RTMIN\+)?([1-9]\d?)|RTMAX-(\d\d?)", re.ASCII)
_MOST_SIGNAL = 64
_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\", re.ASCII)


def judge_settings(config: ImageConfig) -> list[Finding]:
    """The dates of *config*, and how it says that a container is run."""
    found = Notices()
    _dates(config, found)
    if config.runtime is not None:
        for judge in (_environment, _commands, _user, _ports, _signal, _directories):
            judge(config.runtime, found)
    return [replace(one, found_by=FoundBy.VERIFICATION) for one in found.freeze()]


def is_time(text: str) -> bool:
    """Whether Go reads *text* as a time (RFC 3339)."""
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    year, month, day, hour = (int(part) for part in found.groups()[:4])
    if not 1 <= month <= 12 or hour > 23:
        return False
    days = 29 if month == 2 and calendar.isleap(year) else _DAYS[month - 1]
    return 1 <= day <= days


def _dates(config: ImageConfig, found: Notices) -> None:
    places = [("created", config.created)]
    places += [(f"history[{index}].created", step.created) for index, step in enumerate(config.history or ())]
    for where, text in places:
        if text is not None and not is_time(text):
            message = f"{where} in the config is no time, and no runtime reads the config: {brief(text, 80)!r}"
            found.add("created", message, level=Level.ERROR)


def _environment(runtime: Runtime, found: Notices) -> None:
    for variable in runtime.env or ():
        name, equals, _ = variable.partition("=")
        if not equals or not name:
            lacks = "=" if name else "name"
            found.add("env", f"an environment variable has no {lacks}: {brief(variable, 80)!r}", level=Level.ERROR)


def _commands(runtime: Runtime, found: Notices) -> None:
    for name, value in (("Entrypoint", runtime.entrypoint), ("Cmd", runtime.cmd)):
        if isinstance(value, str):
            found.add("command", f"{name} in the config is a text, and must be a list", level=Level.ERROR)


def _user(runtime: Runtime, found: Notices) -> None:
    """Numbers alone: names are in files of the image."""
    user, _, group = (runtime.user or "").partition(":")
    for what, text in (("user", user), ("group", group)):
        if _NUMBER.fullmatch(text) and not 0 <= int(text[:20]) <= _MOST_ID:
            message = f"the number of the {what} is out of range, which is 0 to {_MOST_ID}: {brief(text, 80)}"
            found.add("user", message, level=Level.ERROR)


def _ports(runtime: Runtime, found: Notices) -> None:
    for port, value in (runtime.exposed_ports or {}).items():
        if not _is_port(port):
            found.add("port", f"an exposed port is none: {brief(port, 80)!r}; expected NUMBER or NUMBER/tcp")
        if value is not None and not isinstance(value, dict):
            message = f"the value of the exposed port {brief(port, 80)!r} is no JSON object"
            found.add("port", message, level=Level.ERROR)


def _is_port(text: str) -> bool:
    parts = _PORT.fullmatch(text)
    if parts is None or parts[3] not in _PROTOCOLS:
        return False
    ends = [int(end) for end in parts.groups()[:2] if end]
    return ends == sorted(ends) and all(0 < end < 65536 for end in ends)


def _signal(runtime: Runtime, found: Notices) -> None:
    text = runtime.stop_signal or ""
    name = text.upper().removeprefix("SIG")
    by_number = _SIGNAL_NUMBER.fullmatch(name)
    if text and name not in _SIGNALS and not (by_number and int(by_number[1] or by_number[2]) <= _MOST_SIGNAL):
        found.add("signal", f"the stop signal is none: {brief(text, 80)!r}")


def _directories(runtime: Runtime, found: Notices) -> None:
    if runtime.working_dir and not _is_absolute(runtime.working_dir):
        found.add("directory", f"the working directory is not absolute: {brief(runtime.working_dir, 80)!r}")
    for path, value in (runtime.volumes or {}).items():
        if not _is_absolute(path):
            found.add("directory", f"a volume is not absolute: {brief(path, 80)!r}")
        if value is not None and not isinstance(value, dict):
            message = f"the value of the volume {brief(path, 80)!r} is no JSON object"
            found.add("directory", message, level=Level.ERROR)


def _is_absolute(path: str) -> bool:
    """Whether *path* is absolute on Linux or on Windows."""
    return path.startswith("/") or _DRIVE.match(path) is not None
