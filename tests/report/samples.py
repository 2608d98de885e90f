"""An analysed image that shows most of what a report can say, and one whose every string is hostile."""

from __future__ import annotations

from dataclasses import replace

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.model.documents import Healthcheck, History, Runtime
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Finding
from ocianalyze.model.image import HistoryStep, Image
from tests.builders import build_image, directory, file, hardlink, layer, opaque, symlink, whiteout

EVIL = "\x1b]0;pwned\x07\x1b[2J[red]x[/red]\n\r\x9b31m\u202egpj.\u200b\udcff\U000e0041"
"""A title change, a cleared screen, markup, a broken line, a C1 control, bidi, nothing, a bad byte, a tag."""


def _base() -> tuple[Entry, ...]:
    """The layer that both versions of the web application begin with."""
    return layer(
        directory("bin"),
        file("bin/busybox", 1_900_000, mode=0o755),
        hardlink("bin/sh", "bin/busybox"),
        directory("etc"),
        file("etc/passwd", 900),
        symlink("lib", "usr/lib"),
    )


def webapp() -> Analysis:
    """Waste of every cause, in six layers and nine steps."""
    runtime = Runtime(
        user="app",
        env=["PATH=/usr/bin", "LANG=C.UTF-8"],
        entrypoint=["tini", "--"],
        cmd=["httpd", "-h", "/srv/my site"],
        working_dir="/srv",
        exposed_ports={"8080/tcp": {}, "443/tcp": {}},
        volumes={"/data": {}},
        labels={"org.example.b": "2", "org.example.a": "1"},
        stop_signal="SIGTERM",
        healthcheck=Healthcheck(test=["CMD", "true"], interval=30_000_000_000, retries=3),
    )
    image = build_image(
        _base(),
        layer(file("var/cache/apt/archives/app_1.0_amd64.deb", 700_000), file("srv/app.js", 40_000)),
        layer(file("srv/app.js", 40_000, uid=1000), file("etc/passwd", 950), file("srv/app.js", 40_000, uid=1000)),
        layer(whiteout("var/cache/apt"), file("srv/docs/old.html", 5_000)),
        layer(opaque("srv/docs"), file("srv/docs/new.html", 6_000)),
        layer(symlink("srv/docs", "../usr/share/doc"), file("etc/hosts", 12)),
        created_by=[
            "ADD rootfs.tar.gz / # buildkit",
            "RUN /bin/sh -c apt-get update   && apt-get install -y app # buildkit",
            "/bin/sh -c chown -R app:app /srv",
            "|1 MODE=prod /bin/sh -c rm -rf /var/cache/apt",
            "COPY docs/ /srv/docs/ # buildkit",
            "RUN /bin/sh -c rm -rf /srv/docs && ln -s ../usr/share/doc /srv/docs # buildkit",
        ],
        runtime=runtime,
        names=("registry.example/field-notes:1.0", "field-notes:latest"),
    )
    return analyze(_with_empty_steps(image))


def webapp_v2() -> Analysis:
    """The next version of `webapp`: every kind of difference, a crowded directory, other settings and layers."""
    runtime = Runtime(
        user="app",
        env=["PATH=/usr/bin", "LANG=C.UTF-8", "MODE=a|b"],
        entrypoint=["tini", "--"],
        cmd=["httpd", "-h", "/srv/my site", "-p", "81"],
        working_dir="/srv",
        exposed_ports={"81/tcp": {}, "443/tcp": {}},
        labels={"org.example.b": "3", "org.example.a": "1"},
        healthcheck=Healthcheck(test=["CMD", "true"], interval=10_000_000_000, retries=3),
    )
    image = build_image(
        _base(),
        layer(file("srv/site/app.js", 40_000, uid=1000), file("etc/passwd", 990), file("etc/hosts", 12, mode=0o600)),
        layer(file("srv/docs", 600), *[file(f"usr/share/icons/{n:02}.png", 3_000) for n in range(20)]),
        layer(file("usr/share/icons/all.svg", 900_000), symlink("lib", "usr/lib64")),
        created_by=[
            "ADD rootfs.tar.gz / # buildkit",
            "/bin/sh -c chown -R app:app /srv && mkdir /srv/site",
            "COPY docs/ /srv/docs/ # buildkit",
            "RUN /bin/sh -c make icons # buildkit",
        ],
        runtime=runtime,
        names=("webapp:2",),
    )
    step = History(created_by='CMD ["httpd" "-h" "/srv/my site" "-p" "81"]', empty_layer=True)
    return analyze(replace(image, history=(*image.history, HistoryStep(history=step, layer=None))))


def leaking() -> Analysis:
    """Files with secrets in two layers, and the layers that delete them."""
    return analyze(
        build_image(
            layer(file("srv/app.js", 10_000)),
            layer(file("srv/.env", 5), file("srv/key.pem", 15)),
            layer(whiteout("srv/.env"), whiteout("srv/key.pem")),
            layer(file("root/.netrc", 7)),
            layer(whiteout("root/.netrc")),
        )
    )


def hostile() -> Analysis:
    """Whatever an image can name is `EVIL`."""
    image = build_image(
        layer(file(f"a/{EVIL}", 10), symlink("link", EVIL), file("big", 20)),
        layer(file(f"a/{EVIL}", 12), whiteout("big")),
        created_by=[f"RUN {EVIL}", f"/bin/sh -c {EVIL}"],
        runtime=Runtime(user=EVIL, cmd=[EVIL], env=[EVIL], labels={EVIL: EVIL}, working_dir=EVIL),
        names=(EVIL,),
    )
    image = replace(image, source=EVIL, annotations=((EVIL, EVIL),))
    notice = Finding(code="odd", message=EVIL, layer=0, paths=(EVIL,))
    return replace(analyze(image), notices=(notice,))


def _with_empty_steps(image: Image) -> Image:
    steps = list(image.history)
    empty = History(created="2024-01-01T00:00:00Z", created_by='CMD ["sh"]', empty_layer=True)
    steps.insert(1, HistoryStep(history=empty, layer=None))
    return replace(image, history=tuple(steps))
