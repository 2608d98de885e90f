"""What every test starts from: an environment that says nothing about terminals."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def unset_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the terminal of whoever runs the tests; pytest-xdist's workers claim one of 80 columns."""
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
