# ocianalyze as an image, from the wheel in dist/:
#   python -m build --wheel && docker build -t ocianalyze .
#   docker save web | docker run --rm -i ocianalyze report -
#   docker run --rm -it -v "$PWD:/work:ro" ocianalyze web.tar
FROM python:3.14-slim AS build
COPY dist/*.whl /dist/
# pip stays outside; it compiles what it installs, so that no start has to.
RUN python -m venv --without-pip /opt/ocianalyze && python -m pip --python /opt/ocianalyze/bin/python install --no-cache-dir /dist/*.whl

FROM python:3.14-slim
COPY --from=build /opt/ocianalyze /opt/ocianalyze
# It only reads: a number that owns nothing will do.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/opt/ocianalyze/bin/ocianalyze"]
CMD ["--help"]
