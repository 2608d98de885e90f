"""A bar on standard error while an image is read: by bytes, over all layers."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ocianalyze.cli.signals import ending_at_once

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from ocianalyze.api import PlannedLayer, Progress

_SHOW_CURSOR = b"\r\x1b[K\x1b[?25h"


@contextlib.contextmanager
def watching() -> Iterator[Progress | None]:
    """A bar that shows how far a load is, where there is a terminal; None where there is none.

    Ctrl-C meanwhile ends the process at once.
    """
    if not sys.stderr.isatty():
        with ending_at_once(lambda: None):
            yield None
        return
    bar = _bar()
    # Rich's own clean-up takes locks, which a signal handler must not wait for.
    with ending_at_once(lambda: _write_to_terminal(_SHOW_CURSOR)):
        try:
            yield Bar(bar)
        finally:
            bar.stop()


class Bar:
    """Draws a load's progress. Its methods may be called from any thread."""

    def __init__(self, bar: RichProgress) -> None:
        self._bar = bar
        self._lock = threading.Lock()
        self._labels: dict[int, str] = {}
        self._task = bar.add_task("reading the archive", total=None)

    def spooled(self, done: int) -> None:
        """See loading.progress.Progress."""
        self._bar.start()
        self._bar.update(self._task, completed=done)

    def begin(self, layers: Sequence[PlannedLayer]) -> None:
        """See loading.progress.Progress."""
        from ocianalyze.model.instruction import instruction
        from ocianalyze.report.words import safe_name

        for layer in layers:
            said = safe_name(instruction(layer.history)[:200])
            self._labels[layer.index] = f"layer {layer.index}  {said}"
        total = sum(layer.blob_size for layer in layers)
        self._bar.reset(self._task, total=total, description="reading layers")
        self._bar.start()

    def advance(self, layer: int, blob_bytes: int) -> None:
        """See loading.progress.Progress."""
        with self._lock:
            self._bar.update(self._task, advance=blob_bytes, description=self._labels.get(layer, ""))


def _bar() -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn
    from rich.table import Column

    return Progress(
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        DownloadColumn(),
        TextColumn(
            "{task.description}",
            markup=False,
            table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
        ),
        console=Console(stderr=True, highlight=False, markup=False, emoji=False),
        transient=True,
        redirect_stdout=False,  # standard output is data, and none of the bar's business
        redirect_stderr=False,
        expand=True,
    )


def _write_to_terminal(data: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):
        os.write(sys.stderr.fileno(), data)
