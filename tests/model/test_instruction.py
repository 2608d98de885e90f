"""Readable instructions, by what real builders write into an image's history."""

from __future__ import annotations

import time

import pytest

from ocianalyze.model.documents import History
from ocianalyze.model.instruction import instruction

DIGEST = "330bfb91168adb4a9b1296c70209ed487d4c2705042a916d575f82b61ab16e61"

CASES = [
    # docker's classic builder
    (f"/bin/sh -c #(nop) ADD file:{DIGEST} in / ", "ADD file:330bfb91168a /"),
    (f"/bin/sh -c #(nop) COPY dir:{DIGEST} in /usr/src/app ", "COPY dir:330bfb91168a /usr/src/app"),
    (f"/bin/sh -c #(nop) COPY multi:{DIGEST} in ./ ", "COPY multi:330bfb91168a ./"),
    (
        f"/bin/sh -c #(nop) COPY --chown=app:app file:{DIGEST} in /app ",
        "COPY --chown=app:app file:330bfb91168a /app",
    ),
    ('/bin/sh -c #(nop)  CMD ["nginx" "-g" "daemon off;"]', 'CMD ["nginx", "-g", "daemon off;"]'),
    ('/bin/sh -c #(nop)  CMD ["/bin/sh"]', 'CMD ["/bin/sh"]'),
    ('/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "echo hi"]', 'CMD ["/bin/sh", "-c", "echo hi"]'),
    ('/bin/sh -c #(nop)  ENTRYPOINT ["docker-entrypoint.sh"]', 'ENTRYPOINT ["docker-entrypoint.sh"]'),
    ("/bin/sh -c #(nop)  ENV NGINX_VERSION=1.17.3", "ENV NGINX_VERSION=1.17.3"),
    ("/bin/sh -c #(nop)  EXPOSE 80", "EXPOSE 80"),
    ("/bin/sh -c #(nop)  VOLUME [/var/lib/mysql]", "VOLUME /var/lib/mysql"),
    ("/bin/sh -c #(nop)  MAINTAINER Me Myself and I.", "MAINTAINER Me Myself and I."),
    ("/bin/sh -c #(nop)  LABEL Some label=", "LABEL Some label="),
    ("/bin/sh -c #(nop) WORKDIR /usr/share/nginx", "WORKDIR /usr/share/nginx"),
    (
        '/bin/sh -c #(nop)  HEALTHCHECK &{["CMD-SHELL" "curl -f localhost"] "30s" "3s" "0s" "0s" \'\\x00\'}',
        "HEALTHCHECK CMD curl -f localhost",
    ),
    ("/bin/sh -c #(nop) ", ""),
    ("/bin/sh -c apt-get update", "RUN apt-get update"),
    (
        "/bin/sh -c set -x     && addgroup --system nginx \t   && apt-get update",
        "RUN set -x && addgroup --system nginx && apt-get update",
    ),
    ("/bin/bash -o pipefail -c curl x | sh", "RUN curl x | sh"),
    ("/bin/ash -eo pipefail -c apk add curl", "RUN apk add curl"),
    ("|2 UID=1000 NAME=app user /bin/sh -c useradd -u $UID app", "RUN useradd -u $UID app"),
    ("|0 /bin/sh -c make", "RUN make"),
    # BuildKit
    ("RUN /bin/sh -c apt-get update # buildkit", "RUN apt-get update"),
    ("RUN |1 TARGETARCH=amd64 /bin/sh -c make install # buildkit", "RUN make install"),
    (
        "RUN --mount=type=cache,target=/root /bin/sh -c pip install . # buildkit",
        "RUN --mount=type=cache,target=/root pip install .",
    ),
    ("RUN /usr/bin/env bash # buildkit", "RUN /usr/bin/env bash"),
    (
        "RUN /bin/sh -c set -eux; \\\n\tapk add curl; \\\n\trm -rf /tmp/* # buildkit",
        "RUN set -eux; apk add curl; rm -rf /tmp/*",
    ),
    (
        "RUN /bin/sh -c apt-get update \t&& apt-get install -y curl # buildkit",
        "RUN apt-get update && apt-get install -y curl",
    ),
    ("RUN /bin/sh -c echo '# buildkit' >> x # buildkit", "RUN echo '# buildkit' >> x"),
    ("COPY ./app /app # buildkit", "COPY ./app /app"),
    ("COPY --link ./app /app # buildkit", "COPY ./app /app"),
    (
        "COPY --chown=1000 --link --from=build /out /app # buildkit",
        "COPY --chown=1000 --from=build /out /app",
    ),
    ("ADD busybox.tar.xz / # buildkit", "ADD busybox.tar.xz /"),
    ("EXPOSE map[443/tcp:{} 80/tcp:{}]", "EXPOSE 443/tcp 80/tcp"),
    ("EXPOSE [80/tcp]", "EXPOSE 80/tcp"),
    ('CMD ["sh"]', 'CMD ["sh"]'),
    ('ENTRYPOINT ["/bin/sh", "-c", "run"]', 'ENTRYPOINT ["/bin/sh", "-c", "run"]'),
    ("ENV PATH=/usr/local/bin:/usr/bin", "ENV PATH=/usr/local/bin:/usr/bin"),
    ("WORKDIR /app", "WORKDIR /app"),
    ("USER app", "USER app"),
    ("ARG VERSION=1", "ARG VERSION=1"),
    # Windows
    ("cmd /S /C mkdir C:\\app", "RUN mkdir C:\\app"),
    ("cmd /S /C #(nop)  ENV A=b", "ENV A=b"),
    (f"cmd /S /C #(nop) COPY dir:{DIGEST} in C:\\app ", "COPY dir:330bfb91168a C:\\app"),
    (
        "powershell -Command $ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';"
        " Invoke-WebRequest https://example.com",
        "RUN Invoke-WebRequest https://example.com",
    ),
    ("powershell -Command $ErrorActionPreference = 'Stop'; #(nop)  ENV A=b", "ENV A=b"),
    ("RUN cmd /S /C dir # buildkit", "RUN dir"),
    ("RUN powershell -NoProfile -Command Get-Item x # buildkit", "RUN Get-Item x"),
    ("Apply image 10.0.17763.1577", "Apply image 10.0.17763.1577"),
    # buildah, kaniko, bazel and images that were only ever commands
    ("/bin/sh -c #(nop) COPY file:abc in /x ", "COPY file:abc in /x"),
    ("RUN apt-get update", "RUN apt-get update"),
    ("RUN bash install.sh", "RUN bash install.sh"),
    ("COPY app /app", "COPY app /app"),
    ("bazel build ...", "bazel build ..."),
    ("BusyBox 1.37.0 (glibc), Debian 12", "BusyBox 1.37.0 (glibc), Debian 12"),
    ("/bin/bash", "/bin/bash"),
    ("bash", "bash"),
    ("", ""),
]


@pytest.mark.parametrize(("created_by", "expected"), CASES)
def test_a_step_reads_like_the_dockerfile_line_behind_it(created_by: str, expected: str) -> None:
    assert instruction(History(created_by=created_by)) == expected


@pytest.mark.parametrize(
    ("created_by", "comment", "expected"),
    [
        (None, None, ""),
        (None, "initial import", "initial import"),
        ("jib-maven-plugin:3.4.0", "classes", "jib-maven-plugin:3.4.0 (classes)"),
        (
            "ko build ko://example.com/cmd",
            "kodata contents, at $KO_DATA_PATH",
            "ko build ko://example.com/cmd (kodata contents, at $KO_DATA_PATH)",
        ),
        ("bash", "my  commit\nmessage", "bash (my commit message)"),
        ("RUN make # buildkit", "buildkit.dockerfile.v0", "RUN make"),
        ("/bin/sh -c make", "FROM docker.io/library/alpine:3.20", "RUN make"),
    ],
)
def test_a_comment_speaks_where_no_instruction_does(created_by: str | None, comment: str | None, expected: str) -> None:
    assert instruction(History(created_by=created_by, comment=comment)) == expected


def test_a_layer_without_history_has_no_instruction() -> None:
    assert instruction(None) == ""


@pytest.mark.parametrize(
    "hostile",
    [
        "|1 " + "/a" * 500_000,
        "|1 " + "/bin/sh -a" * 100_000,
        "/bin/sh" + " -a" * 300_000,
        "RUN " + "--a " * 250_000,
        "HEALTHCHECK &{[" + "] " * 500_000,
        "CMD [" + '"a" ' * 250_000,
        "powershell -Command " + "$ErrorActionPreference = 'Stop'; " * 30_000,
    ],
)
def test_a_hostile_command_of_a_megabyte_takes_no_more_than_a_moment(hostile: str) -> None:
    start = time.process_time()
    instruction(History(created_by=hostile))
    assert time.process_time() - start < 5
