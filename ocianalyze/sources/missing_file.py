"""missing_file_hint(source): what helps where a name is that of no file: a file beside it, or how to save an image."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import islice
from pathlib import Path

_LOOKED_AT = 2000
"""Names of a directory that are compared with the one that is missing; more would take a while."""
_SAVED_BY = {
    "docker://": "skopeo copy docker://{0} oci-archive:image.tar, or docker save {0} -o image.tar",
    "registry:": "skopeo copy docker://{0} oci-archive:image.tar, or docker save {0} -o image.tar",
    "docker-daemon:": "docker save {0} -o image.tar",
    "docker:": "docker save {0} -o image.tar",
    "podman://": "podman save {0} -o image.tar",
    "podman:": "podman save {0} -o image.tar",
    "containers-storage:": "podman save {0} -o image.tar",
}
"""How an image is saved that another tool would find by a name with this prefix."""


def missing_file_hint(source: str) -> str:
    """A file beside *source* with nearly its name; else, for the name of an image, how to save it."""
    for prefix, command in _SAVED_BY.items():
        if source.startswith(prefix):
            return f"save the image first: {command.format(source.removeprefix(prefix).lstrip('/') or 'IMAGE')}"
    if near := _near(Path(source)):
        return f"did you mean {near}?"
    if ":" in source and not source.endswith((".tar", ".gz")):
        return f"to look at an image by name, save it first: docker save {source} -o image.tar"
    if not any(mark in source for mark in "./\\"):
        return f"check the path; to look at an image by name, save it first: docker save {source} -o image.tar"
    return "check the path"


def _near(path: Path) -> Path | None:
    """What lies beside *path* under a name that is spelled nearly like it."""
    try:
        beside = [one.name for one in islice(path.parent.iterdir(), _LOOKED_AT)]
    except (OSError, ValueError):
        return None
    near = get_close_matches(path.name, beside, n=1, cutoff=0.8)
    return path.with_name(near[0]) if near else None
