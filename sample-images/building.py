"""Build steps in a row: each becomes a layer or a setting, and a line of history as BuildKit writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ocilayout import Step
from staging import FileSystem, Stage


@dataclass(slots=True)
class Builder:
    """Runs build steps one after the other, a minute apart, and keeps their history."""

    work: Path
    time: int
    lower: FileSystem = field(default_factory=FileSystem)
    steps: list[Step] = field(default_factory=list)

    def stage(self) -> Stage:
        """What the next step changes."""
        self.time += 60
        return Stage(self.work / f"step-{len(self.steps)}", self.lower, self.time)

    def layer(self, created_by: str, stage: Stage) -> None:
        """Close a step that changed files."""
        tar = stage.pack(self.work / f"step-{len(self.steps)}.tar")
        self.steps.append(Step(created_by=f"{created_by} # buildkit", time=self.time, layer=tar))

    def settings(self, *created_by: str) -> None:
        """Steps that only set something."""
        self.steps.extend(Step(created_by=text, time=self.time) for text in created_by)
