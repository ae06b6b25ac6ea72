# What stands around the shop: recorder, third parties, load. Participants' code never runs in it.
ARG LIBRARIES_IMAGE
FROM ${LIBRARIES_IMAGE}
COPY harness/ /opt/tools/harness/
COPY loadgen/ /opt/tools/loadgen/
ENV PYTHONPATH=/opt/tools
WORKDIR /opt/tools
