"""The URLs of the project, when it is built: of the repository that the checkout was cloned from, and no others.

A build from anywhere else names none: an address that nobody checked would send people to somebody else.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

# https://host/owner/name.git, ssh://git@host/owner/name.git or git@host:owner/name.git; what stands before the host,
# perhaps a password, is left out.
_ADDRESS = re.compile(r"(?:https://(?:[^@/]*@)?|ssh://git@|git@)([\w.-]+\.[a-z]+)[:/]([\w./-]+?)(?:\.git)?/?")


class ProjectUrls(MetadataHookInterface):
    """Fills in `project.urls`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the URLs that GitHub, GitLab and Gitea serve for a repository."""
        found = _ADDRESS.fullmatch(_origin(Path(self.root)))
        if found is None:
            metadata["urls"] = {}
            return
        base = f"https://{found[1]}/{found[2]}"
        metadata["urls"] = {
            "Source": base,
            "Documentation": f"{base}/tree/HEAD/docs",
            "Issues": f"{base}/issues",
            "Changelog": f"{base}/blob/HEAD/CHANGELOG.md",
        }


def _origin(root: Path) -> str:
    """Where *root* was cloned from; empty where it is no checkout, as what an sdist unpacks to."""
    if not (root / ".git").exists():
        return ""
    command = ["git", "-C", str(root), "remote", "get-url", "origin"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - fixed words
    except OSError:
        return ""
