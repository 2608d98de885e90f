"""Run commands in turns and keep what each cost: wall time, CPU time and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# Linux counts ru_maxrss in kilobytes, macOS in bytes.
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run took, in seconds and bytes."""

    wall: float
    cpu: float
    peak: int
    """Largest resident set; never less than that of the process that measures."""


@dataclass(slots=True, kw_only=True)
class Job:
    """A command to be measured, and what it cost so far."""

    name: str
    command: Sequence[str]
    check: Callable[[bytes], None] | None = None
    """Looks at what the first run printed; raises when it is wrong."""
    costs: list[Cost] = field(default_factory=list)

    @property
    def median(self) -> Cost:
        """The middle of each figure."""
        return Cost(
            wall=statistics.median(cost.wall for cost in self.costs),
            cpu=statistics.median(cost.cpu for cost in self.costs),
            peak=int(statistics.median(cost.peak for cost in self.costs)),
        )


def take_turns(jobs: Sequence[Job], rounds: int, scratch: Path) -> None:
    """Run every job *rounds* times, one after the other in each round, so that noise hits all alike."""
    for _ in range(rounds):
        for job in jobs:
            first = not job.costs
            job.costs.append(_run(job, scratch))
            if first and job.check:
                job.check(scratch.read_bytes())
    scratch.unlink(missing_ok=True)


def _run(job: Job, scratch: Path) -> Cost:
    """One run; what it prints goes to *scratch* if somebody looks at it, else nowhere."""
    target = scratch if job.check else Path(os.devnull)
    with target.open("wb") as out:
        start = time.perf_counter()
        process = subprocess.Popen(job.command, stdin=subprocess.DEVNULL, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{job.name} failed with exit code {process.returncode}: {' '.join(job.command)}")
    return Cost(wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak=usage.ru_maxrss * MAXRSS_UNIT)
