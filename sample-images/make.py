"""Make the sample images again: `python sample-images/make.py [DIRECTORY]`.

Needs Debian, or a system with its apt sources, with the packages umoci, skopeo, tar, dpkg and apt; not root.
The packages inside the images come from the machine's apt sources: a newer release gives other bytes,
the same packages give the same bytes. Each image is checked by skopeo and unpacked by umoci before the end.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import toolbox
from debian import Repository
from ocilayout import Layout, pack
from webapp import WebApp

HERE = Path(__file__).parent


def main(out: Path) -> None:
    """Write every archive into the directory *out*."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sample-images-") as name:
        work = Path(name)
        repositories = {arch: Repository(arch, work / "packages") for arch in toolbox.PLATFORMS}
        make_toolbox(work / "toolbox", repositories["amd64"], out)
        make_multi_platform(work / "multi", repositories, out)
        make_webapp(work / "webapp", repositories["amd64"], out)
        for archive in sorted(out.glob("*.tar")):
            check(archive, work)
            print(f"{archive.stat().st_size:9,}  {archive.name}")


def make_toolbox(work: Path, repository: Repository, out: Path) -> None:
    """One image in three dresses: gzip layers by umoci, zstd layers and a docker archive by skopeo."""
    history = toolbox.steps(work, toolbox.packages(repository))
    platform = toolbox.PLATFORMS["amd64"]
    toolbox.build_with_umoci(work / "gzip", history, platform)
    pack(work / "gzip", out / "toolbox-oci-gzip.tar", history[-1].time)
    source = f"oci:{work / 'gzip'}:toolbox"
    skopeo("copy", "--dest-compress-format=zstd", source, f"oci:{work / 'zstd'}:toolbox")
    pack(work / "zstd", out / "toolbox-oci-zstd.tar", history[-1].time)
    docker_archive = out / "toolbox-docker.tar"
    docker_archive.unlink(missing_ok=True)
    skopeo("copy", source, f"docker-archive:{docker_archive}:localhost/toolbox:latest")


def make_multi_platform(work: Path, repositories: dict[str, Repository], out: Path) -> None:
    """The toolbox for three platforms in one index, with attestations."""
    layout = Layout(work / "layout")
    toolbox.build_for_all_platforms(layout, work, repositories)
    pack(layout.root, out / "toolbox-multi-platform.tar", toolbox.BUILT + 180)


def make_webapp(work: Path, repository: Repository, out: Path) -> None:
    """Two versions of the web application."""
    app = WebApp(repository)
    for version, build in (("1.0.0", app.v1), ("2.0.0", app.v2)):
        layout = Layout(work / f"layout-{version}")
        steps, runtime = build(work / version)
        image = layout.image(steps, toolbox.PLATFORMS["amd64"], runtime)
        layout.publish(image, "field-notes", version, steps[-1].time)
        pack(layout.root, out / f"webapp-v{version[0]}.tar", steps[-1].time)


def check(archive: Path, work: Path) -> None:
    """Let skopeo read every image in *archive*, and umoci unpack it."""
    home = work / "check" / archive.stem
    home.mkdir(parents=True)
    source = f"docker-archive:{archive}"
    if "docker" not in archive.name:
        run("tar", "--extract", f"--file={archive}", f"--directory={home}")
        source = f"oci:{home}"
    for name in toolbox.PLATFORMS if "multi" in archive.name else ["amd64"]:
        options = toolbox.PLATFORMS[name].items()
        chosen = [f"--override-{key.replace('architecture', 'arch')}={value}" for key, value in options]
        copy = home.with_name(f"{archive.stem}-{name}")
        skopeo(*chosen, "inspect", source)
        # umoci reads gzip layers and flat indexes alone: give it a copy of that kind.
        skopeo(*chosen, "copy", "--dest-compress-format=gzip", source, f"oci:{copy}:checked")
        run("umoci", "unpack", "--rootless", f"--image={copy}:checked", f"{copy}-bundle")


def skopeo(*arguments: str) -> None:
    """Run skopeo, for its exit code alone."""
    run("skopeo", "--insecure-policy", *arguments)


def run(*command: str) -> None:
    """Run *command*; what it says on standard output is not of interest."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
