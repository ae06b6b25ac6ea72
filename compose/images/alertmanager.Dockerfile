ARG BASE
FROM ${BASE}
COPY prometheus-alertmanager/usr/ /usr/
RUN ln -s prometheus-alertmanager /usr/bin/alertmanager
USER 65534:65534
ENTRYPOINT ["/usr/bin/alertmanager"]
