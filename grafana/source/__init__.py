"""What Grafana is provisioned with, as typed Python: dashboards and data sources.

`python -m grafana.source` writes `grafana/dashboards/*.json` and `grafana/provisioning/`; a test
holds the files equal to this source.
"""
