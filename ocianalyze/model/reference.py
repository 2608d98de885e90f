"""Names of images: the grammar of references, and of the names that an OCI layout gives.

Sources: distribution-spec, Pulling manifests, and docker's reference package; image-spec, annotations.md.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_TAG = r"\w[\w.-]{0,127}"
_REFERENCE = re.compile(rf"(?P<name>(?:{_DOMAIN}/)?{_COMPONENT}(?:/{_COMPONENT})*)(?::(?P<tag>{_TAG}))?", re.ASCII)
_LONGEST = 255
"""Characters of a name without its tag."""
_WORD = r"[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*"
_REF_NAME = re.compile(rf"{_WORD}(?:/{_WORD})*", re.ASCII)


class Reference(NamedTuple):
    """A name that an image can be pulled or loaded by."""

    name: str
    tag: str | None


def parse_reference(text: str) -> Reference | None:
    """*text* as `NAME[:TAG]`; None when it is none, or has a digest. A long one is not even looked at."""
    found = _REFERENCE.fullmatch(text) if len(text) <= 2 * _LONGEST else None
    if found is None or len(found["name"]) > _LONGEST:
        return None
    return Reference(found["name"], found["tag"])


def is_ref_name(text: str) -> bool:
    """Whether *text* can stand in `org.opencontainers.image.ref.name`."""
    return len(text) <= 2 * _LONGEST and _REF_NAME.fullmatch(text) is not None
