"""Names for images that are written: what a docker archive and an OCI layout take as one."""

from __future__ import annotations

from collections.abc import Sequence

from ocianalyze.errors import UsageError, brief
from ocianalyze.model.reference import parse_reference


def checked(name: str) -> str:
    """*name*, given for an image that is written; UsageError when it is no name that an image can have."""
    if "@" in name:
        raise UsageError(f"{brief(name)!r} has a digest, which is no name", hint="name the image as NAME:TAG")
    if parse_reference(name) is None:
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
        found = parse_reference(name)
        if found is None or (found.tag is None and not given):
            dropped.append(name)
        else:
            tags.append(name if found.tag else f"{name}:latest")
    return list(dict.fromkeys(tags)), dropped
