"""The ledger, and where it disagrees with payments."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    """
    CREATE TABLE accounts (
        name          text PRIMARY KEY,
        running_total numeric(18,6) NOT NULL DEFAULT 0
    )
    """,
    "INSERT INTO accounts (name) VALUES ('sales-EUR-EU')",
    """
    CREATE TABLE invoices (
        order_id    bigint PRIMARY KEY,
        user_id     bigint NOT NULL,
        account     text NOT NULL REFERENCES accounts (name),
        fingerprint text NOT NULL,
        net         numeric(12,2) NOT NULL CHECK (net >= 0),
        tax         numeric(12,2) NOT NULL CHECK (tax >= 0),
        gross       numeric(12,2) NOT NULL,
        settled_at  timestamptz NOT NULL,
        posted_at   timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    CREATE TABLE entries (
        order_id  bigint NOT NULL REFERENCES invoices (order_id),
        line_no   int NOT NULL CHECK (line_no > 0),
        kind      text NOT NULL CHECK (kind IN ('sale', 'correction')),
        sku       text CHECK ((sku IS NULL) = (kind = 'correction')),
        net       numeric(12,2) NOT NULL,
        tax       numeric(12,2) NOT NULL,
        gross     numeric(12,2) NOT NULL,
        balance   numeric(18,6) NOT NULL,
        posted_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (order_id, line_no)
    )
    """,
    """
    CREATE TABLE discrepancies (
        order_id      bigint PRIMARY KEY,
        ledger        numeric(12,2),
        charged       numeric(12,2) NOT NULL,
        first_seen_at timestamptz NOT NULL DEFAULT now(),
        resolved_at   timestamptz
    )
    """,
    "CREATE INDEX discrepancies_open ON discrepancies (first_seen_at) WHERE resolved_at IS NULL",
)


def upgrade() -> None:
    """Create all tables, and the sales account."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for table in ("discrepancies", "entries", "invoices", "accounts"):
        op.execute(f"DROP TABLE {table}")
