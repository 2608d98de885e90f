"""README.md shows what the program prints today."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
CONSOLE = re.compile(r"^```console\n\$ ocianalyze (?P<arguments>.*)\n(?P<output>(?:.*\n)*?)```$", re.MULTILINE)


def test_the_example_in_the_readme_is_what_the_command_prints() -> None:
    examples = list(CONSOLE.finditer((ROOT / "README.md").read_text(encoding="utf-8")))
    assert examples
    for example in examples:
        printed = subprocess.run(
            [sys.executable, "-m", "ocianalyze", *shlex.split(example["arguments"])],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout
        assert printed == example["output"], "paste the new output into README.md"
