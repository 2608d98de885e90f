"""The parts of SARIF 2.1.0 that we write, as a JSON Schema kept by hand from the OASIS text; sections are its own.

Not the official schema: it allows nothing that we do not write, and demands what the sections demand of that.
"""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string", "minLength": 1}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


_MESSAGE = _object("text", text=_TEXT)  # 3.11
_LOCATION = _object(  # 3.28, 3.29, 3.4
    "physicalLocation",
    physicalLocation=_object(
        "artifactLocation",
        artifactLocation=_object(
            "uri",
            uri={"type": "string", "pattern": r"^([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$"},
            uriBaseId={"enum": ["IMAGE"]},
        ),
    ),
)
_RESULT = _object(  # 3.27
    "ruleId ruleIndex level message locations partialFingerprints",
    ruleId=_TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level={"enum": ["none", "note", "warning", "error"]},  # 3.27.10
    message=_MESSAGE,
    locations={"type": "array", "items": _LOCATION, "minItems": 1, "maxItems": 1},
    relatedLocations={"type": "array", "items": _LOCATION, "minItems": 1, "uniqueItems": True},
    partialFingerprints={  # 3.27.17
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {"^[^/]+/v[0-9]+$": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
    },
    suppressions={  # 3.35
        "type": "array",
        "items": _object(
            "kind status justification",
            kind={"enum": ["inSource", "external"]},
            status={"enum": ["accepted", "underReview", "rejected"]},
            justification=_TEXT,
        ),
    },
)
_RULE = _object("id shortDescription", id=_TEXT, shortDescription=_MESSAGE)  # 3.49
_DRIVER = _object(  # 3.19
    "name semanticVersion rules",
    name=_TEXT,
    semanticVersion={"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
    rules={"type": "array", "items": _RULE, "uniqueItems": True},
)
_RUN = _object(  # 3.14
    "tool originalUriBaseIds columnKind results",
    tool=_object("driver", driver=_DRIVER),  # 3.18
    originalUriBaseIds=_object("IMAGE", IMAGE=_object("description", description=_MESSAGE)),  # 3.14.14
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": _RESULT},
)
SCHEMA = _object(  # 3.13
    "$schema version runs",
    **{
        "$schema": {"const": "https://json.schemastore.org/sarif-2.1.0.json"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": _RUN, "minItems": 1},
    },
)
