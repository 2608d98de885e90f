"""Debian packages as the source of real content: fetched by apt, for any architecture, into a directory.

apt keeps its lists below that directory, so nothing of the machine changes and root is not needed.
"""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One package, downloaded and unpacked."""

    name: str
    version: str
    architecture: str
    deb: Path
    """The package file itself."""
    root: Path
    """What it would install."""
    control: Path
    """Its control files."""

    @property
    def sha256(self) -> str:
        """Digest of the package file, in hexadecimal."""
        return hashlib.sha256(self.deb.read_bytes()).hexdigest()


class Repository:
    """The packages of one architecture, as the machine's own apt sources offer them."""

    def __init__(self, architecture: str, work: Path) -> None:
        self.architecture = architecture
        self._work = work / architecture
        self._fetched: dict[str, Package] = {}
        for folder in ("lists/partial", "cache/archives/partial"):
            (self._work / folder).mkdir(parents=True)
        # A mirror may lack one list; apt says so, and the download fails if that list mattered.
        self._apt("--quiet=2", "update", check=False)

    def fetch(self, name: str) -> Package:
        """Download package *name* and unpack it, once."""
        if name not in self._fetched:
            self._fetched[name] = self._download(name)
        return self._fetched[name]

    def _download(self, name: str) -> Package:
        home = self._work / name
        home.mkdir()
        self._apt("--quiet=2", "download", f"{name}:{self.architecture}", cwd=home)
        (deb,) = home.glob("*.deb")
        _run("dpkg-deb", "--extract", str(deb), str(home / "root"))
        _run("dpkg-deb", "--control", str(deb), str(home / "control"))
        return Package(
            name=name,
            version=_run("dpkg-deb", "--field", str(deb), "Version").strip(),
            architecture=_run("dpkg-deb", "--field", str(deb), "Architecture").strip(),
            deb=deb,
            root=home / "root",
            control=home / "control",
        )

    def _apt(self, *arguments: str, cwd: Path | None = None, check: bool = True) -> None:
        options = {
            "APT::Architecture": self.architecture,
            "APT::Architectures": self.architecture,
            "APT::Sandbox::User": "",  # the target directory need not be readable by the user `_apt`
            "Dir::State::lists": str(self._work / "lists"),
            "Dir::Cache": str(self._work / "cache"),
        }
        flags = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        _run("apt-get", *flags, *arguments, cwd=cwd, check=check)


def _run(*command: str, cwd: Path | None = None, check: bool = True) -> str:
    return subprocess.run(command, cwd=cwd, check=check, stdout=subprocess.PIPE, text=True).stdout
