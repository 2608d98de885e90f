"""CSV that a spreadsheet opens without calculating and a terminal shows without acting."""

from __future__ import annotations

import csv
import io

import pytest

from ocianalyze.report.formats import to_csv
from ocianalyze.report.values.blocks import Row
from ocianalyze.report.values.documents import Listing


class Line(Row, frozen=True, kw_only=True):
    name: str
    size: int
    parts: tuple[str, ...] = ()
    good: bool | None = None


def written(*rows: Line) -> list[list[str]]:
    out = io.StringIO()
    to_csv.write(Listing(row_type=Line, rows=rows, write_text=lambda _: None), out)
    return list(csv.reader(io.StringIO(out.getvalue())))


def test_the_first_line_names_the_columns_even_without_rows() -> None:
    assert written() == [["name", "size", "parts", "good"]]
    assert written(Line(name="a", size=-1, parts=("x", "y"), good=True))[1] == ["a", "-1", "x y", "true"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1", "\r=1", "\uff1d1"])
def test_no_name_is_a_formula(name: str) -> None:
    assert written(Line(name=name, size=0))[1][0].startswith("'")


def test_quotes_commas_and_lines_stay_in_their_cell() -> None:
    assert written(Line(name='a",b\nc', size=0))[1][0] == 'a",b\\nc'


def test_nothing_acts_on_a_terminal() -> None:
    assert written(Line(name="\x1b[2J\u202e\udcff", size=0))[1][0] == "\\x1b[2J\\u202e\\xff"


@pytest.mark.parametrize("name", ["a;=1+1;b", 'a;"=1+1"', "a; +1", "b,c;@SUM(A1)"])
def test_no_name_is_a_formula_where_semicolons_separate(name: str) -> None:
    out = io.StringIO()
    to_csv.write(Listing(row_type=Line, rows=[Line(name=name, size=0)], write_text=lambda _: None), out)
    assert out.getvalue().splitlines()[1].startswith('"')
    for row in csv.reader(io.StringIO(out.getvalue()), delimiter=";"):
        assert not any(cell.strip(' "').startswith(("=", "+", "@")) for cell in row)
