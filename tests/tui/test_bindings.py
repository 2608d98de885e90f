"""A key of every binding, pressed. A binding without a case in `keys/` fails `test_every_binding_has_a_case`."""

from __future__ import annotations

import pytest

from tests.tui.keys.registry import ALL, CASES
from tests.tui.sample import sample_app


def test_every_binding_has_a_case() -> None:
    assert set(CASES) == set(ALL)


def test_every_binding_says_what_it_does() -> None:
    assert [id_ for id_, binding in ALL.items() if not binding.tooltip or not binding.description] == []


@pytest.mark.parametrize("id_", ALL)
async def test_a_key_does_what_its_binding_says(id_: str) -> None:
    """The first key is pressed; that all keys of a binding do the same is Textual's part."""
    app = sample_app()
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.pause()
        await CASES[id_](pilot, ALL[id_].key.partition(",")[0])


@pytest.mark.parametrize(
    ("key", "id_"),
    [
        ("ctrl+l", "explore.layer-changes"),
        ("ctrl+f", "explore.filter"),
        ("ctrl+slash", "explore.filter"),
        ("ctrl+underscore", "explore.filter"),
        ("ctrl+u", "kind.any-unmodified"),
        ("ctrl+m", "kind.any-modified"),
        ("ctrl+r", "kind.removed"),
        ("ctrl+b", "explore.attributes"),
        ("ctrl+@", "explore.fold-all"),
        ("ctrl+o", "explore.sort"),
        ("l", "tree.open"),
        ("h", "tree.close"),
        ("d", "tree.page-down"),
    ],
)
async def test_a_key_of_dive_works_too(key: str, id_: str) -> None:
    app = sample_app()
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.pause()
        await CASES[id_](pilot, key)
