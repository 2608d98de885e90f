"""A history step as the Dockerfile line that people remember writing.

Builders record more, and each in its own way: `/bin/sh -c #(nop)  CMD ["sh"]`, `RUN |1 A=b /bin/sh -c make
# buildkit`. Text in, text out, on one line; what is not recognised is left as it is. Cutting to a width and
making hostile characters harmless are the presenters' part.
"""

from __future__ import annotations

import re

from ocianalyze.model.documents import History

_VERBS = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"}
    | {"ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)
_MARKER = " # buildkit"
_NOP = "#(nop)"

# Every quantifier is bounded or single-pass: `created_by` may be megabytes of anything.
_SHELL = re.compile(
    r"(?:"
    r"(?:(?:/[\w.-]{1,40}){0,4}/|(?<!\S))(?:ba|da|a|k|z|fi)?sh(?: -[A-Za-z]+| pipefail){0,8} -[A-Za-z]{0,8}c"
    r"|(?<!\S)cmd(?:\.exe)?(?: /[DEFQSVdefqsv])? /[Cc]"
    r"|(?<!\S)(?:powershell|pwsh)(?:\.exe)?"
    r"(?: -(?:NoLogo|NoProfile|NonInteractive|ExecutionPolicy \w{1,20})){0,4} -[Cc](?:ommand)?"
    r")(?: |$)"
)
_PREFERENCES = re.compile(r"(?:\$(?:Error|Progress|Verbose)(?:Action)?Preference ?= ?'?\w{1,20}'? ?; ?)+")
_ARGUMENTS = re.compile(r"\|\d{1,4} ")
_FLAGS = re.compile(r"(?:--\S+ )+")
_SOURCE = re.compile(r"(file|dir|multi):([0-9a-f]{64}) in (.*)")
_GO_STRINGS = re.compile(r'\["[^"]*"(?: "[^"]*")+\]')
_GO_MAP = re.compile(r"(?:map)?\[([^\[\]\"]*)\]")
_HEALTHCHECK = re.compile(r"&\{\[([^\]]*)\] .*\}")

# A comment of these says nothing beside the command.
_IDLE_COMMENTS = ("buildkit.", "FROM ")


def instruction(history: History | None) -> str:
    """*history* on one readable line: `RUN apt-get update`; `""` when it says nothing.

    Builders without Dockerfiles (jib, ko, nix, `docker commit`) say in the comment what the layer is.
    """
    if history is None:
        return ""
    text = _readable(_fold(history.created_by or ""))
    comment = _fold(history.comment or "")
    if not comment or comment.startswith(_IDLE_COMMENTS) or text.partition(" ")[0] in _VERBS:
        return text
    return f"{text} ({comment})" if text else comment


def spelled(history: History) -> str:
    """*history* as `instruction`, with the white space that it has: what stands in quotes keeps its spaces.

    Lines that the step itself has are joined; `script` gives those of a here-document.
    """
    text = (history.created_by or "").replace("\\\r\n", " ").replace("\\\n", " ").strip()
    return instruction(history) if "\n" in text else _readable(text)


def script(history: History) -> list[str]:
    """The lines of a `RUN` that has several: what a here-document holds. Empty for everything else."""
    text = (history.created_by or "").replace("\\\r\n", " ").replace("\\\n", " ").replace("\r\n", "\n").strip()
    if "\n" not in text:
        return []
    verb, _, command = _readable(text.removesuffix("\n" + _MARKER)).partition(" ")
    lines = [line.rstrip() for line in command.strip("\n").split("\n")]
    return lines if verb == "RUN" and len(lines) > 1 else []


def verb(instruction: str) -> str:
    """The instruction's name, `COPY`; empty for what is none."""
    word = instruction.partition(" ")[0]
    return word if word in _VERBS else ""


def _readable(text: str) -> str:
    """The Dockerfile line in a folded `created_by`."""
    text = text.removesuffix(_MARKER.strip()).rstrip() if text.endswith(_MARKER) else text
    verb, _, rest = text.partition(" ")
    if verb == "RUN":
        return _run(rest)
    if verb in _VERBS:
        return _tidy(verb, rest)
    shell = _after_shell(text)
    if shell is None:
        return text
    command = _PREFERENCES.sub("", shell, count=1)
    if command.startswith(_NOP):
        verb, _, rest = command[len(_NOP) :].strip().partition(" ")
        return _tidy(verb, rest)
    return f"RUN {command}" if command else text


def _run(command: str) -> str:
    """A `RUN` without the shell that runs it and without the build arguments in front of that."""
    flags = _FLAGS.match(command)
    kept = flags.group() if flags else ""
    bare = command[len(kept) :]
    shell = _after_shell(bare)
    return f"RUN {kept}{bare if shell is None else _PREFERENCES.sub('', shell, count=1)}"


def _after_shell(text: str) -> str | None:
    """What follows `/bin/sh -c ` and its kin, with or without `|2 A=b C=d ` before it; None for no shell."""
    arguments = _ARGUMENTS.match(text)
    if arguments:
        found = _SHELL.search(text, arguments.end())
        return text[found.end() :] if found else text[arguments.end() :]
    found = _SHELL.match(text)
    return text[found.end() :] if found else None


def _tidy(verb: str, rest: str) -> str:
    """One instruction other than RUN, in Dockerfile spelling."""
    if verb in {"ADD", "COPY"}:
        rest = _copy(rest)
    elif verb in {"CMD", "ENTRYPOINT", "SHELL"} and _GO_STRINGS.fullmatch(rest):
        rest = rest.replace('" "', '", "')
    elif verb in {"EXPOSE", "VOLUME"} and (listed := _GO_MAP.fullmatch(rest)):
        rest = listed.group(1).replace(":{}", "")
    elif verb == "HEALTHCHECK" and (found := _HEALTHCHECK.fullmatch(rest)):
        rest = _healthcheck(found.group(1))
    return f"{verb} {rest}".rstrip()


def _copy(rest: str) -> str:
    """`COPY`'s operands; a checksum in place of the sources is cut to what people quote."""
    given = _FLAGS.match(rest)
    flags = given.group() if given else ""
    operands = rest[len(flags) :]
    found = _SOURCE.fullmatch(operands)
    if found:
        what, checksum, target = found.groups()
        operands = f"{what}:{checksum[:12]} {target}"
    return flags.replace("--link ", "") + operands


def _healthcheck(test: str) -> str:
    """The test of `&{["CMD-SHELL" "curl -f ..."] "30s" "3s" ...}`."""
    kind, _, command = test.partition(" ")
    if kind == '"CMD-SHELL"':
        return "CMD " + command.strip('"')
    if kind == '"CMD"':
        return "CMD [" + command.replace('" "', '", "') + "]"
    return kind.strip('"')


def _fold(text: str) -> str:
    """*text* on one line: continued lines joined, runs of white space made one space."""
    return " ".join(text.replace("\\\r\n", " ").replace("\\\n", " ").split())
