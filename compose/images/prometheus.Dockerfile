# Debian's packages, unpacked: their servers are linked statically.
ARG BASE
FROM ${BASE}
COPY prometheus/usr/ /usr/
COPY promtool/usr/ /usr/
RUN mkdir /prometheus && chown 65534:65534 /prometheus
USER 65534:65534
ENTRYPOINT ["/usr/bin/prometheus"]
