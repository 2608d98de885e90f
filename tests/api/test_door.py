"""The door gives what it names, and the command line offers all that can be asked through it."""

from __future__ import annotations

import pytest

from ocianalyze import api
from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.api.search import ALTERNATIVES, CONDITIONS
from ocianalyze.api.views import names_in
from ocianalyze.cli.find import Conditions
from ocianalyze.errors import UsageError
from tests.builders import build_image, directory, file, layer, symlink, whiteout


@pytest.mark.parametrize("name", api.__all__)
def test_every_name_of_the_door_is_there(name: str) -> None:
    assert getattr(api, name).__name__ == name


def test_find_has_an_option_for_every_condition() -> None:
    options = {one.name.rstrip("_").replace("_", "-") for one in Conditions.parameters()}
    assert options == {*CONDITIONS, "stored-by"}
    assert set(ALTERNATIVES) <= set(CONDITIONS)


def test_names_in_a_directory_are_those_of_the_view_that_is_asked_for() -> None:
    image = build_image(
        layer(directory("etc"), file("etc/b", 1), directory("etc/a"), symlink("link", "etc")), layer(whiteout("etc/b"))
    )
    analysis = analyze(image)
    assert names_in(analysis, "etc") == [("a", True)]
    assert names_in(analysis, "/link", layer=0) == [("a", True), ("b", False)]
    assert names_in(analysis, "") == [("etc", True), ("link", False)]
    with pytest.raises(UsageError):
        names_in(analysis, "etc/b")
