"""What every key does. A module for each place that has keys; importing them fills `registry.CASES`."""

from __future__ import annotations

from tests.tui.keys import contents, explore, panes, side

__all__ = ["contents", "explore", "panes", "side"]
