"""The JSON form: one valid, stable, harmless document."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from itertools import chain
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.report.compose.report import report_document
from ocianalyze.report.formats import to_json
from ocianalyze.report.formats.schema import report_schema
from ocianalyze.report.words import UNSAFE
from tests.builders import build_image, file, layer
from tests.report.samples import EVIL, hostile, webapp


def written(analysis: Analysis, *, files: bool = False, top: int | None = None) -> str:
    out = io.StringIO()
    to_json.write(report_document(analysis, top=top, files=files), out)
    return out.getvalue()


def valid(text: str) -> Any:
    document = json.loads(text)
    jsonschema.Draft202012Validator(report_schema()).validate(document)
    return document


@pytest.mark.parametrize("files", [False, True])
@pytest.mark.parametrize("analysis", [webapp(), hostile(), analyze(build_image()), analyze(build_image(layer()))])
def test_every_report_is_valid_against_the_schema(analysis: Analysis, files: bool) -> None:
    document = valid(written(analysis, files=files))
    assert ("changes" in document) is files
    assert document["schema"] == "ocianalyze-report/1"


def test_a_report_with_a_key_missing_is_not_valid() -> None:
    document = json.loads(written(webapp()))
    del document["waste"]["live"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(report_schema()).validate(document)


def test_files_adds_every_change_and_nothing_else() -> None:
    analysis = webapp()
    without, document = valid(written(analysis)), valid(written(analysis, files=True))
    assert len(document["changes"]) == sum(map(len, analysis.changes))
    del document["changes"]
    assert document == without


def test_the_same_image_gives_the_same_bytes() -> None:
    assert written(webapp(), files=True) == written(webapp(), files=True)


def test_a_name_that_is_not_utf_8_comes_back_byte_for_byte() -> None:
    analysis = hostile()
    text = written(analysis, files=True)
    text.encode("utf-8")
    document = json.loads(text)
    paths = [change["path"] for change in document["changes"]]
    assert paths == [change.path for change in chain.from_iterable(analysis.changes)]
    assert f"a/{EVIL}" in paths
    assert document["image"]["annotations"] == {EVIL: EVIL}


def test_nothing_in_the_document_can_act_on_a_terminal() -> None:
    text = written(hostile(), files=True)
    assert not set(text) & set("\x1b\x07\x7f\x9b\u202e\u200b\U000e0041")
    assert all(line.isprintable() for line in text.split("\n"))


def test_ordinary_unicode_stays_readable() -> None:
    text = written(analyze(build_image(layer(file("naïve/日本語.txt", 5)))))
    assert "naïve/日本語.txt" in text


def test_a_line_is_a_record() -> None:
    lines = written(webapp(), files=True).splitlines()
    changes = lines[lines.index('  "changes": [') + 1 : -2]
    assert [json.loads(line.rstrip(",")) for line in changes] == json.loads("\n".join(lines))["changes"]


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_jq_reads_a_hostile_report() -> None:
    text = written(hostile(), files=True)
    run = subprocess.run(["jq", "-r", ".schema"], input=text, capture_output=True, text=True, check=True)
    assert run.stdout == "ocianalyze-report/1\n"


def test_the_schema_describes_its_fields() -> None:
    schema = report_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    layers = schema["$defs"]["LayerBlock"]
    assert layers["description"] == "One layer; index 0 is the bottom."
    assert layers["properties"]["blob_size"]["description"] == "Bytes as stored in the archive."


_NAMES = st.binary().map(lambda data: data.decode("utf-8", "surrogateescape"))


@given(_NAMES | st.text())
def test_any_name_survives_and_is_printable(name: str) -> None:
    text = to_json.encode([name])
    assert json.loads(text) == [name]
    assert text.isascii() or UNSAFE.search(text) is None
    text.encode("utf-8")
