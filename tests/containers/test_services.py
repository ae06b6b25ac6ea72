"""Every service with a database, from its image, on a real Postgres that its migrations fill."""

from __future__ import annotations

import httpx
import psycopg
import pytest
from testcontainers.core.container import DockerContainer

from harness.catalog.reader import Catalog
from harness.model import ServiceEntry
from harness.paths import REPO
from harness.waiting import wait_until_sync
from tests.containers.conftest import Start, until_answering

pytestmark = [pytest.mark.engine, pytest.mark.live, pytest.mark.timeout(300)]
PASSWORD = "for these tests alone"
PORT = 5432
STATEFUL = [entry for entry in Catalog(REPO).topology() if entry.database]
SERVER = (
    f"printf '%s' '{PASSWORD}' > /tmp/words && mkdir -p /tmp/data && chmod 700 /tmp/data"
    " && initdb -D /tmp/data -U postgres --pwfile=/tmp/words --auth=scram-sha-256 --no-sync"
    " && echo 'host all all all scram-sha-256' >> /tmp/data/pg_hba.conf"
    " && exec postgres -D /tmp/data -c listen_addresses='*' -c unix_socket_directories=/tmp"
    " -c fsync=off -c max_connections=200"
)
RUN = (
    "python -c 'import importlib, os; from services.chassis.migrate import upgrade;"
    ' name, url = os.environ["SERVICE_NAME"], os.environ["DATABASE_URL"]; upgrade(name, url);'
    ' importlib.import_module(f"services.{name}.seed").seed(url)\' && exec uvicorn'
    " services.$SERVICE_NAME.app:create_app --factory --host 0.0.0.0 --port $PORT"
)


@pytest.fixture(scope="module")
def server(start: Start, images: dict[str, str]) -> DockerContainer:
    """An empty Postgres with a database for each service."""
    command = ["sh", "-c", SERVER]
    container = start(images["POSTGRES_IMAGE"], "postgres", PORT, command)
    url = f"postgresql://postgres@127.0.0.1:{container.get_exposed_port(PORT)}/postgres"

    def connected() -> psycopg.Connection | None:
        try:
            return psycopg.connect(url, password=PASSWORD, autocommit=True, connect_timeout=2)
        except psycopg.OperationalError:
            return None

    with wait_until_sync(connected, timeout_s=60, what="Postgres") as connection:
        for entry in STATEFUL:
            connection.execute(f"CREATE DATABASE {entry.name}")  # type: ignore[arg-type]
    return container


@pytest.mark.parametrize("entry", STATEFUL, ids=lambda entry: entry.name)
def test_a_service_migrates_seeds_and_serves_from_its_image(
    start: Start,
    server: DockerContainer,
    service_images: dict[str, str],
    topology: tuple[ServiceEntry, ...],
    entry: ServiceEntry,
) -> None:
    password = PASSWORD.replace(" ", "%20")
    peers = {f"{peer.name.upper()}_URL": f"http://{peer.name}:{peer.port}" for peer in topology}
    third = (
        "PAYMENT_PROVIDER", "PAYMENT_PROVIDER_STATUS", "MODEL_PROVIDER", "MODEL_PROVIDER_STATUS",
        "WAREHOUSE", "CARRIER", "PARTNERS",
    )  # fmt: skip
    env = {
        **peers,
        **{f"{name}_URL": "http://nobody.invalid" for name in third},
        "SERVICE_NAME": entry.name,
        "SERVICE_VERSION": entry.version,
        "SERVICE_COMMIT": "clean",
        "PORT": str(entry.port),
        "PYTHONPATH": "/srv",
        "DATABASE_URL": f"postgresql://postgres:{password}@postgres:{PORT}/{entry.name}",
        "OPERATIONS_TOKEN": "a token",
    }
    command = ["sh", "-c", RUN]
    container = start(service_images[entry.name], entry.name, entry.port, command, env=env)
    url = until_answering(container, entry.port, "/readyz")
    page = httpx.get(f"{url}/metrics", trust_env=False).text
    assert f'version="{entry.version}"' in page
    assert "db_pool_size" in page
