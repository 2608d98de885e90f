"""Names for images that are written: what a docker archive and an OCI layout take as one.

The grammar is that of image references (distribution-spec, Pulling manifests; docker's reference package).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocianalyze.errors import UsageError, brief

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_TAG = r"\w[\w.-]{0,127}"
_REFERENCE = re.compile(rf"(?P<name>(?:{_DOMAIN}/)?{_COMPONENT}(?:/{_COMPONENT})*)(?::(?P<tag>{_TAG}))?", re.ASCII)
_LONGEST = 255
"""Characters of a name without its tag."""


def _parsed(name: str) -> re.Match[str] | None:
    """*name* as a reference; None when it is none. A long one is not even looked at."""
    found = _REFERENCE.fullmatch(name) if len(name) <= 2 * _LONGEST else None
    return found if found and len(found["name"]) <= _LONGEST else None


def checked(name: str) -> str:
    """*name*, given for an image that is written; UsageError when it is no name that an image can have."""
    if "@" in name:
        raise UsageError(f"{brief(name)!r} has a digest, which is no name", hint="name the image as NAME:TAG")
    if _parsed(name) is None:
        raise UsageError(
            f"{brief(name)!r} is no name that an image can have",
            hint="expected NAME:TAG in lower case, such as example.org/web:1.0",
        )
    return name


def docker_tags(names: Sequence[str], *, given: bool) -> tuple[list[str], list[str]]:
    """Those of *names* that `RepoTags` of a docker archive can hold, `NAME:TAG` each, and those that it cannot.

    A name without a tag means `latest` where a person has *given* it. A name out of an OCI layout may be a tag alone,
    which says nothing about a repository.
    """
    tags: list[str] = []
    dropped: list[str] = []
    for name in names:
        found = _parsed(name)
        if found is None or (found["tag"] is None and not given):
            dropped.append(name)
        else:
            tags.append(name if found["tag"] else f"{name}:latest")
    return list(dict.fromkeys(tags)), dropped
