"""What a shell may have set that programs and libraries obey by themselves."""

from __future__ import annotations

POSTGRES = {
    "PGSSLMODE": "require",
    "PGREQUIRESSL": "1",
    "PGGSSENCMODE": "require",
    "PGCHANNELBINDING": "require",
    "PGREQUIREAUTH": "none",
    "PGHOSTADDR": "192.0.2.1",
    "PGHOST": "elsewhere.invalid",
    "PGPORT": "1",
    "PGUSER": "nobody",
    "PGDATABASE": "nothing",
    "PGPASSWORD": "wrong",
    "PGSERVICE": "elsewhere",
    "PGSERVICEFILE": "/nonexistent",
    "PGPASSFILE": "/nonexistent",
    "PGTARGETSESSIONATTRS": "standby",
    "PGOPTIONS": "-c nonsense=1",
    "PGCLIENTENCODING": "nonsense",
    "PGSSLROOTCERT": "/nonexistent",
    "PGLOADBALANCEHOSTS": "nonsense",
}
INTERPRETER = {
    "PYTHONPATH": "/hostile",
    "PYTHONHOME": "/hostile",
    "PYTHONSTARTUP": "/hostile",
    "LD_PRELOAD": "/hostile.so",
    "LD_LIBRARY_PATH": "/hostile",
    "OPENSSL_CONF": "/hostile",
}
"""Have their say in the very process that is started, before a line of ours is run."""
PROGRAMS = {
    "BASH_ENV": "/hostile",
    "GIT_DIR": "/hostile",
    "GIT_EXTERNAL_DIFF": "/hostile",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.autocrlf",
    "GIT_CONFIG_VALUE_0": "true",
    "COMPOSE_FILE": "/hostile",
    "COMPOSE_PROFILES": "x",
    "DOCKER_DEFAULT_PLATFORM": "x",
    "LANGUAGE": "tr",
    "LC_ALL": "tr_TR.ISO-8859-9",
    "TZ": "Pacific/Kiritimati",
    "GOMAXPROCS": "64",
    "GOGC": "off",
    "LOCUST_USERS": "0",
    "OTEL_SDK_DISABLED": "true",
    "OTEL_EXPORTER_OTLP_HEADERS": "authorization=wrong",
    "PROMETHEUS_MULTIPROC_DIR": "/hostile",
    "UVICORN_WORKERS": "8",
}
NETWORK = {
    "HTTP_PROXY": "http://192.0.2.1:1",
    "http_proxy": "http://192.0.2.1:1",
    "ALL_PROXY": "http://192.0.2.1:1",
    "NO_PROXY": "",
    "SSL_CERT_FILE": "/nonexistent",
    "SSL_CERT_DIR": "/nonexistent",
    "REQUESTS_CA_BUNDLE": "/nonexistent",
    "CURL_CA_BUNDLE": "/nonexistent",
}
"""Meant for whoever fetches programs; not for those who speak with this machine."""
