"""The table of formats names modules that are there, and names that are told apart."""

from __future__ import annotations

import inspect
from collections import Counter
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

from ocianalyze.report import formats
from ocianalyze.report.formats.table import FORMATS, Format, formats_for

WRITERS = [(one.name, kind, module) for one in FORMATS for kind, module in one.writers.items()]


@pytest.mark.parametrize(("name", "kind", "module"), WRITERS)
def test_every_writer_has_the_one_signature(name: str, kind: str, module: str) -> None:
    write = import_module(f"{formats.__name__}.{module}").write
    _, out = inspect.signature(write).parameters.values()
    assert (out.name, out.default) == ("out", inspect.Parameter.empty), (name, kind)


def test_every_module_that_writes_stands_in_the_table() -> None:
    modules = {file.stem for file in Path(formats.__path__[0]).glob("to_*.py")}
    # The Dockerfile is no way to write a report: it says what a command of its own is asked for.
    assert modules - {"to_dockerfile"} == {module for _, _, module in WRITERS}


def test_no_two_formats_share_a_name_or_a_suffix() -> None:
    names = chain.from_iterable((one.name, *one.aliases, *one.suffixes) for one in FORMATS)
    assert max(Counter(names).values()) == 1


def test_a_format_is_offered_for_what_it_can_write() -> None:
    assert list(formats_for("comparison")) == ["text", "json", "markdown"]
    assert list(formats_for("listing")) == ["text", "json", "csv"]
    assert "csv" not in formats_for("report")


def test_a_listing_in_every_format_but_text_has_words_for_its_switch() -> None:
    def has_words(one: Format) -> bool:
        return bool(one.rows)

    assert [one.name for one in formats_for("listing").values() if not has_words(one)] == ["text"]
