"""What judges of a written tar or image need: awkward layers, other tools, and all that a directory holds."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from ocianalyze.api import OpenedImage
from ocianalyze.api.files import export_tar
from tests.properties import unpacking
from tests.tar_builders import member, pax, pax_sparse, tar

needs_umoci = pytest.mark.skipif(
    shutil.which("umoci") is None or os.geteuid() != 0, reason="umoci is not there, or would have to map owners"
)
needs_skopeo = pytest.mark.skipif(shutil.which("skopeo") is None, reason="skopeo is not there")


def awkward(*, sparse: bool = True) -> list[bytes]:
    """Layers with what tars are bad at. umoci does not read GNU's own form of sparse files."""
    holes = [
        pax_sparse(b"sparse", [(0, 4096), (1 << 20, 4096)], 3 << 20, b"a" * 4096 + b"b" * 4096),
        pax_sparse(b"hole", [], 1 << 20, b""),
    ]
    long = b"d/" + b"/".join([b"n" * 60] * 4)
    lower = tar(
        member(b"d/", kind=b"5", mode=0o750, mtime=1_500_000_000),
        member(b"d/f", b"lower", mode=0o644, uid=7, gid=8, uname=b"seven", mtime=1_500_000_001),
        member(b"gone", b"x"),
        pax({b"path": long, b"mtime": b"1500000000.123456789", b"SCHILY.xattr.user.note": b"a=b\0c"}),
        member(b"short", b"long", mode=0o4755),
        member("d/naïve".encode(), b"utf-8"),
        *(holes if sparse else []),
        pax({b"uid": b"3000000", b"linkpath": b"t" * 150}),
        member(b"link", kind=b"2", link=b"t"),
        member(b"pipe", kind=b"6"),
    )
    upper = tar(
        member(b".wh.gone"),
        member(b"d/hard", kind=b"1", link=b"d/f"),
        member(b"d/sub/new", b"upper", mtime=1_600_000_000),
        member(b"empty/", kind=b"5", mode=0o1777, mtime=1_400_000_000),
    )
    return [lower, upper]


def exported(opened: OpenedImage) -> bytes:
    """The merged file system as a tar."""
    out = io.BytesIO()
    size = export_tar(opened, out)
    assert len(out.getvalue()) == size
    return out.getvalue()


def described(root: Path) -> dict[str, tuple[object, ...]]:
    """Everything below *root* with all that a tar keeps; directories without their size."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        if path.is_symlink():
            content: object = str(path.readlink())
        else:
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
        attributes = () if path.is_symlink() else tuple((name, os.getxattr(path, name)) for name in os.listxattr(path))
        links = 0 if stat.S_ISDIR(status.st_mode) else status.st_nlink
        owner = (status.st_uid, status.st_gid)
        name = str(path.relative_to(root))
        found[name] = (status.st_mode, owner, status.st_mtime_ns, links, content, attributes)
    return found


def run(*command: str | Path) -> str:
    """What another program prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def unpacked(archive: Path, tag: str, tmp_path: Path) -> Path:
    """The root file system that umoci makes of an OCI archive."""
    layout = tmp_path / "layout"
    layout.mkdir()
    run("tar", "-xf", archive, "-C", layout)
    return unpacking.unpacked(layout, tmp_path / "bundle", tag=tag)


def let_others_in(path: Path) -> None:
    """Let other users reach *path*, which is below the directory of all temporary files of this run."""
    for above in [path, *path.parents]:
        if not above.stat().st_mode & 1:
            above.chmod(0o755)
