"""Two versions of one small web application: Field Notes, a static site with a search, served by busybox.

Version 1 is built the way many images are: each step tidies up what the one before left, and nothing gets
smaller by it. Version 2 is what a review made of it. Both start from the same base.
"""

from __future__ import annotations

from pathlib import Path

import rootfs
import site_content
from building import Builder
from debian import Repository
from ocilayout import Json, Step
from site_content import EDITED, SITE
from staging import Stage

APP = "srv/app"
APP_USER = 1000
CACHE = "var/cache/apt/archives"
ADD_USER = "echo 'app:x:1000:1000::/srv/app:/bin/sh' >>/etc/passwd && echo 'app:x:1000:' >>/etc/group"
FIRST_BUILD = 1_780_909_200
"""2026-06-08T09:00:00Z."""
SECOND_BUILD = 1_788_424_200
"""2026-09-03T08:30:00Z."""
# The key pair that AWS prints in its documentation as an example, and a key that holds no key.
ENV_FILE = """\
NOTES_BUCKET=field-notes-drafts
AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
"""
DEPLOY_KEY = """\
-----BEGIN OPENSSH PRIVATE KEY-----
bm90IGEga2V5OiBwYXJ0IG9mIGEgc2FtcGxlIGltYWdlIHRoYXQgc2hvd3MgYSBsZWFr
-----END OPENSSH PRIVATE KEY-----
"""


class WebApp:
    """The steps of both versions, and the packages that they install."""

    def __init__(self, repository: Repository) -> None:
        self.busybox = repository.fetch("busybox-static")
        self.tini = repository.fetch("tini")
        self.lunr = repository.fetch("libjs-lunr")
        self.milligram = repository.fetch("libjs-milligram")

    def v1(self, work: Path) -> tuple[list[Step], Json]:
        """Twelve layers, and more waste than a reviewer would let pass."""
        builder = Builder(work, FIRST_BUILD)
        self._common(builder)
        stage = builder.stage()
        site_content.copy_sources(stage, "v1")
        stage.tree(self.lunr.root / "usr/share/javascript/lunr", f"{SITE}/assets")
        stage.tree(self.milligram.root / "usr/share/javascript/milligram", f"{SITE}/assets")
        builder.layer("COPY site/ /srv/app/site/", stage)
        stage = builder.stage()
        stage.text(f"{APP}/.env", ENV_FILE)
        stage.text(f"{APP}/deploy_key", DEPLOY_KEY, mode=0o600)
        builder.layer("COPY .env deploy_key /srv/app/", stage)
        builder.settings("ARG VERSION=1.0.0", _label("1.0.0"))
        run = "RUN |1 VERSION=1.0.0 /bin/sh -c"
        stage = builder.stage()
        site_content.build_index(stage, "v1")
        stage.remove(f"{APP}/.env")
        stage.remove(f"{APP}/deploy_key")
        builder.layer(f"{run} /tools/build-index site/notes >site/search-index.json && rm .env deploy_key", stage)
        self._static_tini(builder, run)
        _remove_cache(builder, run)
        stage = builder.stage()
        stage.opaque(f"{SITE}/docs")
        site_content.render(stage, "v1")
        builder.layer(f"{run} rm -rf site/docs && /tools/render site/notes site/docs", stage)
        stage = builder.stage()
        stage.remove(f"{SITE}/drafts")
        builder.layer(f"{run} rm -r site/drafts", stage)
        stage = builder.stage()
        _add_user(stage)
        stage.chown(APP, APP_USER)
        builder.layer(f"{run} {ADD_USER} && chown -R app:app /srv/app", stage)
        _finish(builder, port=8080, interval=30)
        return builder.steps, _runtime("1.0.0", port=8080, interval=30)

    def v2(self, work: Path) -> tuple[list[Step], Json]:
        """One step more in the middle, no secrets, and no step that tidies up the site."""
        builder = Builder(work, FIRST_BUILD)
        self._common(builder)
        cached, builder.time = builder.time, SECOND_BUILD
        stage = builder.stage()
        stage.symlink("var/log/app/access.log", "/dev/stdout")
        stage.symlink("var/log/app/error.log", "/dev/stderr")
        builder.layer("RUN /bin/sh -c mkdir /var/log/app && ln -s /dev/stdout /var/log/app/access.log", stage)
        stage = builder.stage()
        site_content.copy_sources(stage, "v2")
        stage.symlink(f"{SITE}/assets/lunr.min.js", "/usr/share/javascript/lunr/lunr.min.js")
        stage.symlink(f"{SITE}/assets/milligram.min.css", "/usr/share/javascript/milligram/milligram.min.css")
        builder.layer("COPY site/ /srv/app/site/", stage)
        builder.settings("ARG VERSION=2.0.0", _label("2.0.0"))
        run = "RUN |1 VERSION=2.0.0 /bin/sh -c"
        stage = builder.stage()
        site_content.build_index(stage, "v2")
        site_content.render(stage, "v2")
        builder.layer(f"{run} /tools/build-index site/notes >site/search-index.json && /tools/render site", stage)
        stage = builder.stage()
        stage.symlink("usr/bin/tini", "tini-static")
        builder.layer(f"{run} ln -sf tini-static /usr/bin/tini", stage)
        # A build that can be repeated: this layer comes out byte for byte as it did for version 1.
        built, builder.time = builder.time, cached + 4 * 60
        _remove_cache(builder, run)
        builder.time = built
        stage = builder.stage()
        _add_user(stage)
        stage.directory(APP, owner=APP_USER)
        builder.layer(f"{run} {ADD_USER} && chown app:app /srv/app", stage)
        _finish(builder, port=8081, interval=10)
        return builder.steps, _runtime("2.0.0", port=8081, interval=10)

    def _common(self, builder: Builder) -> None:
        """The base image, and what both versions do first."""
        vendored = (self.tini, self.lunr, self.milligram)
        stage = builder.stage()
        rootfs.busybox(stage, self.busybox)
        builder.layer("ADD rootfs.tar.gz /", stage)
        builder.settings('CMD ["sh"]', "ENV APP_HOME=/srv/app")
        stage = builder.stage()
        stage.directory(APP)
        builder.layer("WORKDIR /srv/app", stage)
        stage = builder.stage()
        for package in vendored:
            stage.copy(package.deb, f"{CACHE}/{package.deb.name}", mtime=EDITED)
        builder.layer("COPY vendor/*.deb /var/cache/apt/archives/", stage)
        stage = builder.stage()
        for package in vendored:
            stage.tree(package.root)
            rootfs.register(stage, package)
        stage.text("var/lib/dpkg/status", "\n".join(rootfs.status(package) for package in vendored))
        builder.layer("RUN /bin/sh -c dpkg -i /var/cache/apt/archives/*.deb", stage)

    def _static_tini(self, builder: Builder, run: str) -> None:
        """One binary moved over another: its bytes come a second time, and the other's are lost."""
        stage = builder.stage()
        stage.copy(self.tini.root / "usr/bin/tini-static", "usr/bin/tini")
        stage.remove("usr/bin/tini-static")
        builder.layer(f"{run} mv /usr/bin/tini-static /usr/bin/tini", stage)


def _remove_cache(builder: Builder, run: str) -> None:
    """A package cache removed by a later layer: nothing is saved."""
    stage = builder.stage()
    stage.remove("var/cache/apt")
    builder.layer(f"{run} rm -rf /var/cache/apt", stage)


def _add_user(stage: Stage) -> None:
    """The user that the application runs as."""
    passwd = stage.below("etc/passwd").read_text()
    group = stage.below("etc/group").read_text()
    stage.text("etc/passwd", f"{passwd}app:x:1000:1000::/srv/app:/bin/sh\n")
    stage.text("etc/group", f"{group}app:x:1000:\n")


def _finish(builder: Builder, *, port: int, interval: int) -> None:
    """The settings at the end of the Dockerfile."""
    builder.settings(
        f"ENV PORT={port}",
        "USER app",
        f"EXPOSE map[{port}/tcp:{{}}]",
        f'HEALTHCHECK &{{["CMD-SHELL" "{_health(port)}"] "{interval}s" "3s" "0s" "0s" \'\\x03\'}}',
        'ENTRYPOINT ["/usr/bin/tini" "--"]',
        f'CMD ["httpd" "-f" "-p" "{port}" "-h" "/srv/app/site"]',
    )


def _label(version: str) -> str:
    return f"LABEL org.opencontainers.image.title=field-notes org.opencontainers.image.version={version}"


def _health(port: int) -> str:
    return f"wget -q -O - http://localhost:{port}/cgi-bin/health"


def _runtime(version: str, *, port: int, interval: int) -> Json:
    """The `config` of the image config, as Docker fills it."""
    return {
        "User": "app",
        "ExposedPorts": {f"{port}/tcp": {}},
        "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "APP_HOME=/srv/app", f"PORT={port}"],
        "Entrypoint": ["/usr/bin/tini", "--"],
        "Cmd": ["httpd", "-f", "-p", str(port), "-h", "/srv/app/site"],
        "Healthcheck": {
            "Test": ["CMD-SHELL", _health(port)],
            "Interval": interval * 10**9,
            "Timeout": 3 * 10**9,
            "Retries": 3,
        },
        "WorkingDir": "/srv/app",
        "Labels": {
            "org.opencontainers.image.title": "field-notes",
            "org.opencontainers.image.version": version,
        },
        "StopSignal": "SIGTERM",
        "ArgsEscaped": True,
    }
