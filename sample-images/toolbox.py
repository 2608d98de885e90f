"""A tiny image of klibc's tools, built by umoci; and the same for several platforms, as buildx exports it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from building import Builder
from debian import Package, Repository
from ocilayout import Json, Layout, Step, timestamp

BUILT = 1_780_390_800
"""2026-06-02T09:00:00Z."""
RUNTIME: Json = {"Env": ["PATH=/usr/local/bin:/bin"], "Cmd": ["/bin/sh"], "WorkingDir": "/"}
PLATFORMS = {
    "amd64": {"architecture": "amd64", "os": "linux"},
    "arm64": {"architecture": "arm64", "os": "linux"},
    "armhf": {"architecture": "arm", "os": "linux", "variant": "v7"},
}
"""Debian's name of an architecture -> the platform of the image."""
HELLO = """\
#!/bin/sh
# Greets, and says what it runs on.
echo "hello from $(uname -m)"
"""


def packages(repository: Repository) -> list[Package]:
    """What the toolbox is made of."""
    return [repository.fetch("libklibc"), repository.fetch("klibc-utils")]


def steps(work: Path, contents: Sequence[Package]) -> list[Step]:
    """Three layers: the tools, their settings, and one that leaves the documentation out again."""
    builder = Builder(work, BUILT)
    stage = builder.stage()
    for package in contents:
        stage.tree(package.root)
    for name in ("gunzip", "zcat"):
        stage.hardlink(f"usr/lib/klibc/bin/{name}", "usr/lib/klibc/bin/gzip")
    stage.symlink("bin", "usr/lib/klibc/bin")
    stage.directory("tmp", mode=0o1777)
    builder.layer("ADD rootfs.tar.gz /", stage)
    builder.settings("ENV PATH=/usr/local/bin:/bin")
    stage = builder.stage()
    stage.text("etc/passwd", "root:x:0:0:root:/:/bin/sh\n")
    stage.text("etc/motd", "klibc toolbox\n")
    stage.text("usr/local/bin/hello", HELLO, mode=0o755)
    builder.layer("COPY files/ /", stage)
    stage = builder.stage()
    stage.remove("usr/share/doc/libklibc/README.ipconfig.gz")
    stage.remove("usr/share/lintian")
    stage.text("etc/motd", "klibc toolbox: see hello\n")
    run = "echo 'klibc toolbox: see hello' >/etc/motd && rm -r /usr/share/lintian"
    builder.layer(f"RUN /bin/sh -c {run} /usr/share/doc/libklibc/README.ipconfig.gz", stage)
    builder.settings('CMD ["/bin/sh"]')
    return builder.steps


def build_with_umoci(layout: Path, history: Sequence[Step], platform: Json) -> None:
    """Lay down the image of *history* at `layout:toolbox`, step by step."""

    def umoci(*arguments: str) -> None:
        subprocess.run(["umoci", *arguments], check=True)

    def noted(step: Step) -> tuple[str, ...]:
        return (
            f"--history.created_by={step.created_by}",
            f"--history.created={timestamp(step.time)}",
            f"--history.comment={step.comment}",
        )

    image = f"--image={layout}:toolbox"
    umoci("init", f"--layout={layout}")
    umoci("new", image)
    architecture = (f"--architecture={platform['architecture']}", f"--os={platform['os']}")
    umoci("config", image, "--no-history", *architecture, f"--created={timestamp(BUILT)}")
    settings = {"ENV": [f"--config.env={RUNTIME['Env'][0]}"], "CMD": [f"--config.cmd={RUNTIME['Cmd'][0]}"]}
    for step in history:
        if step.layer:
            umoci("raw", "add-layer", image, *noted(step), str(step.layer))
        else:
            umoci("config", image, *noted(step), *settings[step.created_by.split()[0]])
    umoci("config", image, "--no-history", "--config.workingdir=/", f"--created={timestamp(history[-1].time)}")
    umoci("gc", f"--layout={layout}")


def build_for_all_platforms(layout: Layout, work: Path, repositories: dict[str, Repository]) -> None:
    """One index of the toolbox for each platform, with the attestations of each."""
    images, attestations = [], []
    for debian_name, platform in PLATFORMS.items():
        contents = packages(repositories[debian_name])
        image = layout.image(steps(work / debian_name, contents), platform, RUNTIME)
        images.append(image)
        subject = [{"name": "toolbox", "digest": {"sha256": image["digest"].removeprefix("sha256:")}}]
        attestations.append(layout.attestation(image, [_provenance(subject, contents), _bill(subject, contents)]))
    layout.publish(layout.index([*images, *attestations]), "toolbox", "multi", BUILT + 180)


def _provenance(subject: list[Json], contents: Sequence[Package]) -> Json:
    """Where the image comes from: the packages, by digest."""
    return {
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://slsa.dev/provenance/v0.2",
        "subject": subject,
        "predicate": {
            "builder": {"id": ""},
            "buildType": "sample-images/make.py",
            "materials": [{"uri": _purl(package), "digest": {"sha256": package.sha256}} for package in contents],
            "metadata": {
                "buildStartedOn": timestamp(BUILT),
                "buildFinishedOn": timestamp(BUILT + 180),
                "completeness": {"parameters": True, "environment": True, "materials": True},
                "reproducible": True,
            },
        },
    }


def _bill(subject: list[Json], contents: Sequence[Package]) -> Json:
    """What is in the image: an SPDX document."""
    return {
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://spdx.dev/Document",
        "subject": subject,
        "predicate": {
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": "toolbox",
            "documentNamespace": f"urn:sha256:{subject[0]['digest']['sha256']}",
            "creationInfo": {"created": timestamp(BUILT + 180), "creators": ["Tool: sample-images/make.py"]},
            "packages": [
                {
                    "name": package.name,
                    "SPDXID": f"SPDXRef-{package.name}",
                    "versionInfo": package.version,
                    "downloadLocation": "NOASSERTION",
                    "externalRefs": [
                        {
                            "referenceCategory": "PACKAGE-MANAGER",
                            "referenceType": "purl",
                            "referenceLocator": _purl(package),
                        }
                    ],
                }
                for package in contents
            ],
        },
    }


def _purl(package: Package) -> str:
    return f"pkg:deb/debian/{package.name}@{package.version}?arch={package.architecture}"
