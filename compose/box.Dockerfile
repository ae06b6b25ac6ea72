# A whole drill in one container: the hub, and whatever drills it starts, by the local runtime.
#
# The context is put together by harness/runtime/compose/box.py: the checkout without its tests, and
# inputs/ (this machine's CA bundle and package index), which the image does not keep.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS libraries
COPY requirements.lock /build/requirements.lock
COPY inputs/ /build/inputs/
ENV PIP_CONFIG_FILE=/build/inputs/pip.conf PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python3 -m venv /opt/python \
    && /opt/python/bin/pip install --require-hashes -r /build/requirements.lock
COPY checkout/ /opt/threeam/
RUN /opt/python/bin/pip install --no-deps --no-build-isolation -e /opt/threeam
# Postgres, Prometheus and Alertmanager, as any machine gets them.
RUN THREEAM_CACHE=/var/cache/threeam PATH=/opt/python/bin:$PATH drill doctor --fetch --quiet \
    || test -d /var/cache/threeam

FROM ${PYTHON_IMAGE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*
COPY --from=libraries /opt/python /opt/python
COPY --from=libraries /opt/threeam /opt/threeam
COPY --from=libraries /var/cache/threeam /var/cache/threeam
ENV PATH=/opt/python/bin:/usr/local/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    THREEAM_CACHE=/var/cache/threeam \
    DRILL_HOME=/var/lib/threeam
VOLUME ["/var/lib/threeam", "/var/cache/threeam"]
EXPOSE 8700
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "/opt/threeam/tools/box", "health"]
ENTRYPOINT ["python", "/opt/threeam/tools/box"]
