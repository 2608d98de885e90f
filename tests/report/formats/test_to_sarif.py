"""SARIF: valid by the schema of OASIS, pure ASCII, and each finding where it belongs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.report.formats import to_sarif
from tests.builders import build_image, file, layer
from tests.report.judging import judged, written
from tests.report.samples import EVIL, hostile, webapp

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text())
IGNORE = [{"rule": "max-layers", "reason": "old " + EVIL, "expires": "2025-01-01"}]


def run(analysis: Analysis, **rules: Any) -> Any:
    text = written(to_sarif, judged(analysis, **rules))
    assert text.isascii()
    log = json.loads(text)
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    (found,) = log["runs"]
    ids = [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in found["results"])
    return found


RULES = {"max_layers": 1, "forbidden_path": ["/**"], "required_label": [EVIL], "user_not_root": True}


@pytest.mark.parametrize("analysis", [webapp(), hostile(), analyze(build_image())])
def test_it_is_valid_with_and_without_rules(analysis: Analysis) -> None:
    run(analysis)
    run(analysis, ignore=IGNORE, **RULES)


def test_a_failed_rule_is_an_error_at_its_first_path() -> None:
    found = run(webapp(), max_file_size="1MB", max_layers=5, forbidden_path=["/etc/*"])["results"]
    assert all(one["locations"][0]["physicalLocation"]["region"] == {"startLine": 1} for one in found)
    errors = {one["ruleId"]: one for one in found if one["level"] == "error"}
    assert list(errors) == ["max-file-size", "max-layers", "forbidden-path"]
    assert errors["max-layers"]["message"]["text"] == "max-layers: 6; at most 5 is allowed"
    uris = {rule: one["locations"][0]["physicalLocation"]["artifactLocation"] for rule, one in errors.items()}
    assert uris == {
        "max-layers": {"uri": "example.tar"},
        "max-file-size": {"uri": "bin/busybox", "uriBaseId": "IMAGE"},
        "forbidden-path": {"uri": "etc/hosts", "uriBaseId": "IMAGE"},
    }
    assert len(errors["forbidden-path"]["relatedLocations"]) == 1


def test_what_is_ignored_is_suppressed_with_its_reason() -> None:
    found = [one for one in run(webapp(), max_layers=1, ignore=IGNORE)["results"] if one["ruleId"] == "max-layers"]
    (suppression,) = found[0]["suppressions"]
    assert suppression["justification"].startswith("old \\x1b]0;pwned")


def test_the_largest_waste_is_noted() -> None:
    notes = [one for one in run(webapp())["results"] if one["level"] == "note"]
    assert [one["ruleId"].partition("/")[2] for one in notes] == [path.cause.value for path in webapp().waste.paths]
    many = analyze(build_image(*(layer(*(file(f"f{i}", 5) for i in range(200))) for _ in range(2))))
    assert len(run(many)["results"]) == to_sarif.WASTED_PATHS


def test_a_finding_keeps_its_fingerprint_when_its_value_changes() -> None:
    def prints(limit: int, paths: list[str]) -> list[str]:
        results = run(webapp(), max_layers=limit, forbidden_path=paths)["results"]
        return [one["partialFingerprints"]["ruleAndSubject/v1"] for one in results if one["level"] == "error"]

    assert prints(1, ["/etc/*", "/bin/*"]) == prints(2, ["/etc/*", "/bin/*"])
    assert len(set(prints(1, ["/etc/*", "/bin/*"]))) == 3


@pytest.mark.parametrize("name", ["a b", "a%20b", "a:b/c", "\u00e9", "x\udcff", "a?b#c"])
def test_a_path_comes_back_out_of_its_uri(name: str) -> None:
    image = analyze(build_image(layer(file(name, 5))))
    (result,) = run(image, forbidden_path=["/**"], ignore=None)["results"][:1]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert ":" not in uri
    assert unquote_to_bytes(uri).decode("utf-8", "surrogateescape") in (name, name.partition("/")[0])


def test_the_schema_finds_faults() -> None:
    log = json.loads(written(to_sarif, judged(webapp())))
    log["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError, match="'fatal' is not one of"):
        jsonschema.Draft4Validator(SCHEMA).validate(log)
