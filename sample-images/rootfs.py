"""Root file systems from Debian packages, as a base image has them."""

from __future__ import annotations

from debian import Package
from staging import Stage

APPLETS = """
[ ash awk basename cat chmod chown cp cut date dd df dirname du echo env expr false find free grep
gunzip gzip head hostname httpd id install kill ln ls md5sum mkdir mktemp mv od printf ps pwd rm
rmdir sed sh sha256sum sleep sort stat tail tar tee test touch tr true tty uname uniq unzip uptime
vi wc wget which xargs zcat
"""


def busybox(stage: Stage, package: Package) -> None:
    """A root file system around busybox, whose applets are hard links in /bin and symlinks elsewhere."""
    stage.copy(package.root / "bin/busybox", "bin/busybox")
    for applet in APPLETS.split():
        stage.hardlink(f"bin/{applet}", "bin/busybox")
    for applet in ("awk", "env", "httpd", "wget"):
        stage.symlink(f"usr/bin/{applet}", "../../bin/busybox")
    stage.tree(package.root / "usr/share/doc", "usr/share/doc")
    stage.text("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n")
    stage.text("etc/group", "root:x:0:\nnogroup:x:65534:\n")
    stage.text("etc/shadow", "root:*:19790:0:99999:7:::\n", mode=0o640)
    stage.text("etc/profile", "export PATH=/usr/local/bin:/usr/bin:/bin\n")
    stage.directory("tmp", mode=0o1777)
    stage.directory("root", mode=0o700)
    for path in ("home", "run", "usr/local/bin", "var/log"):
        stage.directory(path)
    stage.symlink("var/run", "../run")


def register(stage: Stage, package: Package) -> None:
    """What dpkg notes of an installed package beside its status."""
    info = f"var/lib/dpkg/info/{package.name}"
    paths = sorted(f"/{path.relative_to(package.root)}" for path in package.root.rglob("*"))
    stage.text(f"{info}.list", "\n".join(["/.", *paths, ""]))
    stage.copy(package.control / "md5sums", f"{info}.md5sums")


def status(package: Package) -> str:
    """The package's paragraph in dpkg's list of what is installed."""
    first, *rest = (package.control / "control").read_text().splitlines()
    return "\n".join([first, "Status: install ok installed", *rest, ""])
