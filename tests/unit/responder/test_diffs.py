"""What kinds of change the rules see in a diff, and what they leave alone."""

from __future__ import annotations

from textwrap import dedent

import pytest

from harness.model import Mechanism
from harness.responder.diffs import changes_anything, findings

SERVICES = ("gateway", "orders", "payments", "stock")


def diff(path: str, body: str) -> str:
    head = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1,9 +1,9 @@\n"
    return head + dedent(body).strip("\n") + "\n"


def kinds(path: str, body: str) -> set[Mechanism]:
    return {one.mechanism for one in findings(diff(path, body), "orders", SERVICES)}


def test_a_number_in_a_timeout_is_a_timeout() -> None:
    body = """
        -connect_timeout_ms = 2_000
        +connect_timeout_ms = 50  # quicker
    """
    assert kinds("services/orders/limits.toml", body) == {Mechanism.TIMEOUT_MISCONFIGURED}


def test_two_numbers_of_a_kind_are_one_finding_that_shows_both() -> None:
    body = """
        -connect_timeout_ms = 5000
        +connect_timeout_ms = 500
        -read_timeout_ms = 30000
        +read_timeout_ms = 3000
    """
    (found,) = findings(diff("services/orders/limits.toml", body), "orders", SERVICES)
    assert found.shows == (
        "services/orders/limits.toml: connect_timeout_ms was 5000, is 500; "
        "services/orders/limits.toml: read_timeout_ms was 30000, is 3000"
    )


def test_a_timeout_in_settings_of_python_is_one_too() -> None:
    body = """
        -    read_timeout_ms: int = 5000
        +    read_timeout_ms: int = 100
    """
    assert kinds("services/orders/settings.py", body) == {Mechanism.TIMEOUT_MISCONFIGURED}


def test_how_often_something_is_done_is_no_timeout() -> None:
    body = """
        -    reconciliation_interval_ms: int = 2000
        +    reconciliation_interval_ms: int = 1500
    """
    assert kinds("services/orders/settings.py", body) == {Mechanism.BAD_CONFIGURATION}


def test_a_pool_that_shrank_is_a_pool_too_small_and_one_that_grew_is_not() -> None:
    shrank = """
        -pool_size = 20
        +pool_size = 2
    """
    grew = """
        -pool_size = 2
        +pool_size = 20
    """
    assert kinds("services/orders/x.toml", shrank) == {Mechanism.POOL_TOO_SMALL}
    assert Mechanism.POOL_TOO_SMALL not in kinds("services/orders/x.toml", grew)


def test_any_other_setting_is_configuration() -> None:
    body = """
        -model = "large"
        +model = "larger"
    """
    assert kinds("services/orders/model.toml", body) == {Mechanism.BAD_CONFIGURATION}


def test_a_lost_check_of_connections_is_named() -> None:
    body = """
        -        pool_pre_ping=True,
    """
    assert kinds("services/orders/db.py", body) == {Mechanism.CONNECTION_NOT_RECOVERED}


KEPT = """
    -        async with db.session() as session:
    +        async with sessions.lend() as session:
    +            session = await self._opened.enter_async_context(self._db.session())
"""


def test_a_session_that_is_no_longer_given_back_after_each_use_may_outlive_its_connection() -> None:
    assert kinds("services/orders/store.py", KEPT) == {Mechanism.CONNECTION_NOT_RECOVERED}


def test_a_session_that_is_given_back_as_before_is_none_nor_one_that_is_kept_no_longer() -> None:
    moved = """
        -        async with db.session() as session:
        +        async with self._db.session() as session:
    """
    given_back = KEPT.replace("-  ", "?  ").replace("+  ", "-  ").replace("?  ", "+  ")
    assert kinds("services/orders/store.py", moved) == set()
    assert kinds("services/orders/store.py", given_back) == set()


def test_a_success_of_another_kind_is_a_contract_that_changed() -> None:
    told = """
        +        if job.is_open:
        +            response.status_code = 202
    """
    moved = """
        -    return Response(status_code=202)
        +    return JSONResponse(body, status_code=202)
    """
    failed = """
        +        raise HTTPException(status_code=404)
    """
    assert kinds("services/orders/routes.py", told) == {Mechanism.CONTRACT_CHANGE}
    assert kinds("services/orders/routes.py", moved) == set()
    assert kinds("services/orders/routes.py", failed) == set()


def test_a_new_limit_by_which_something_is_refused_may_be_too_small() -> None:
    refuses = """
        +ENTRIES_MAX = 64
        +    if len(entries) > ENTRIES_MAX:
        +        raise TooMany
    """
    cuts = """
        +ENTRIES_MAX = 64
        +    return entries[:ENTRIES_MAX]
    """
    enlarged = """
        -ENTRIES_MAX = 64
        +ENTRIES_MAX = 128
        +        raise TooMany(entries)
    """
    assert kinds("services/orders/table.py", refuses) == {Mechanism.CONFIG_SIZE}
    assert kinds("services/orders/table.py", cuts) == set()
    assert kinds("services/orders/table.py", enlarged) == set()


def test_a_flag_that_is_on_unasked_is_named_and_one_that_is_off_or_was_on_is_not() -> None:
    on = """
        +        return self.switched.get(name, True)
    """
    off = """
        +        return self.switched.get(name, False)
    """
    as_before = """
        -    return flags.get("new_basket", True)
        +    return self.flags.get(name, True)
    """
    no_flag = """
        +    strict = options.get("strict", True)
    """
    assert kinds("services/orders/flags.py", on) == {Mechanism.FEATURE_FLAG}
    assert kinds("services/orders/flags.py", off) == set()
    assert kinds("services/orders/flags.py", as_before) == set()
    assert kinds("services/orders/parsing.py", no_flag) == set()


def test_floats_for_decimals_lose_precision_and_the_reverse_does_not() -> None:
    lost = """
        -    total = net * Decimal(rate)
        +    total = float(net) * rate
    """
    won = """
        -    total = float(net) * rate
        +    total = net * Decimal(rate)
    """
    assert kinds("services/orders/sums.py", lost) == {Mechanism.NUMERIC_PRECISION}
    assert kinds("services/orders/sums.py", won) == set()


def test_a_call_to_a_service_that_was_not_called_may_close_a_circle() -> None:
    body = """
        +    stock = PeerClient("stock", settings.peer_url("stock"))
        +    left = await stock.get("/left")
    """
    assert kinds("services/orders/peers.py", body) == {Mechanism.CIRCULAR_CALL}


def test_a_call_that_only_moved_is_no_new_one() -> None:
    body = """
        -    stock = PeerClient("stock")
        +    stock = BlockingPeerClient("stock")
        +    left = await stock.get("/left")
    """
    assert kinds("services/orders/peers.py", body) == set()


def test_a_loop_that_asks_at_each_turn_is_n_plus_one() -> None:
    body = """
         async def read(ids):
        +    for one in ids:
        +        found.append(await session.execute(query, one))
    """
    assert kinds("services/orders/history.py", body) == {Mechanism.N_PLUS_ONE}


def test_a_loop_that_asks_nobody_is_none_nor_one_that_was_there() -> None:
    body = """
         for old in ids:
             await session.execute(old)
        +for one in ids:
        +    known[one] = names.get(one)
    """
    assert kinds("services/orders/history.py", body) == set()


def test_tests_comments_and_docstrings_change_nothing() -> None:
    assert not changes_anything(
        diff("services/orders/store.py", "+# read_timeout_ms = 5")
        + diff("services/orders/tests/test_x.py", "-timeout_ms = 1\n+timeout_ms = 2")
        + diff("services/orders/README.md", "-timeout_ms = 1\n+timeout_ms = 2")
        + diff("services/orders/a.py", '+"""Waits for timeout_ms = 5."""')
    )


def test_a_line_that_runs_changes_something() -> None:
    assert changes_anything(diff("services/orders/store.py", "+limit = 5"))


def test_an_empty_diff_holds_nothing() -> None:
    assert findings("", "orders", SERVICES) == []
    assert not changes_anything("")


def test_waiting_for_somebody_else_to_be_done_is_a_slow_dependency() -> None:
    body = """
         async def place(order):
             await queue.ask(order)
        +    while True:
        +        await asyncio.sleep(0.1)
        +        found = await queue.answer(order)
        +        if found is not None:
        +            return found
    """
    assert kinds("services/orders/placing.py", body) == {Mechanism.SLOW_DEPENDENCY}


def test_a_loop_that_only_rests_or_only_reads_on_waits_for_nobody() -> None:
    rests = """
        +    while True:
        +        await asyncio.sleep(5)
        +        gauge.set(len(waiting))
    """
    reads = """
        +    while rows := await session.fetch(100):
        +        total += len(rows)
    """
    assert kinds("services/orders/watch.py", rests) == set()
    assert kinds("services/orders/export.py", reads) == set()


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("    async for attempt in retry_context(on=PeerFailure, attempts=4):", "retry-storm"),
        ("LOOK_UP_RETRIES = 3", "retry-storm"),
        ("    await store.lock_account(session, name)", "lock-contention"),
        ('_TAKE = text("SELECT id FROM rows WHERE id = :id FOR UPDATE")', "lock-contention"),
        ("    if time.monotonic() > self._fresh_until:", "cache-stampede"),
    ],
)
def test_what_a_release_begins_to_do_is_named_and_what_it_did_before_is_not(
    line: str, kind: str
) -> None:
    assert kinds("services/orders/peers.py", f"+{line}") == {Mechanism(kind)}
    assert kinds("services/orders/peers.py", f"-{line}\n+{line}  # again") == set()
    assert kinds("services/orders/peers.py", f" {line}") == set()


def test_a_word_that_sounds_like_it_begins_nothing() -> None:
    body = """
        +    entries = sorted(found, key=by_age)
        +    blocked = clock.now() + lockers_count
    """
    assert kinds("services/orders/peers.py", body) == set()


def test_a_pattern_that_goes_back_and_forth_may_block_and_one_that_looks_once_does_not() -> None:
    twice = """
        +_LINE = re.compile(r"(a|b)*=.*=.*;")
    """
    within = """
        +_WORDS = re.compile(r"^(\\w+\\s?)+$")
    """
    once = """
        +_QUOTED = re.compile(r"['\"][^'\"]*;")
    """
    assert kinds("services/orders/notes.py", twice) == {Mechanism.BLOCKED_EVENT_LOOP}
    assert kinds("services/orders/notes.py", within) == {Mechanism.BLOCKED_EVENT_LOOP}
    assert kinds("services/orders/notes.py", once) == set()


def test_a_new_column_of_32_bits_may_be_outgrown_and_one_of_64_is_not() -> None:
    narrow = """
        +    op.execute("ALTER TABLE orders ADD COLUMN number integer UNIQUE")
    """
    path = "services/orders/migrations/versions/0002_number.py"
    assert kinds(path, narrow) == {Mechanism.INTEGER_OVERFLOW}
    assert kinds(path, narrow.replace("integer", "bigint")) == set()
    assert kinds(path, narrow.replace("integer", "interval")) == set()


def test_a_condition_on_what_is_computed_uses_no_index_and_one_on_a_column_does() -> None:
    computed = """
        -        WHERE orders.user_id = wanted.user_id
        +        WHERE coalesce(orders.moved_to, orders.user_id) = wanted.user_id
    """
    stored = """
        -        WHERE orders.user_id = wanted.user_id
        +        WHERE orders.user_id = ANY (wanted.ids)
    """
    assert kinds("services/orders/store.py", computed) == {Mechanism.MISSING_INDEX}
    assert kinds("services/orders/store.py", stored) == set()


def test_what_is_kept_by_the_id_of_a_request_stays_and_reading_by_it_keeps_nothing() -> None:
    kept = """
        +            self._seen[request.request_id] = rows
    """
    read = """
        +            same = self._seen[request_id] == rows
    """
    assert kinds("services/orders/store.py", kept) == {Mechanism.RESOURCE_LEAK}
    assert kinds("services/orders/store.py", read) == set()


@pytest.mark.parametrize(
    ("line", "harmless", "mechanism"),
    [
        (
            'raise Problem(429, "Too many requests")',
            'raise Problem(409, "Not available")',
            Mechanism.RATE_LIMIT,
        ),
        (
            "question = request.url.path",
            'question = f"{request.url.path}?{request.url.query}"',
            Mechanism.DATA_EXPOSURE,
        ),
        (
            'return f"{key}/{request_id}"',
            'return f"{key}/{draft.digest()}"',
            Mechanism.IDEMPOTENCY_LOST,
        ),
        (
            "shown = connection.getpeercert(binary_form=True)",
            "context = ssl.create_default_context(cafile=path)",
            Mechanism.EXPIRED_CREDENTIAL,
        ),
        (
            "ORDER BY created_at, id LIMIT 1 FOR UPDATE",
            "ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED",
            Mechanism.POISON_MESSAGE,
        ),
    ],
)
def test_what_a_release_begins_to_do_is_seen_and_its_harmless_likeness_is_not(
    line: str, harmless: str, mechanism: Mechanism
) -> None:
    assert mechanism in kinds("services/orders/routes.py", f"+    {line}\n")
    assert mechanism not in kinds("services/orders/routes.py", f"+    {harmless}\n")
    moved = f"-        {line}\n+    {line}\n"
    assert mechanism not in kinds("services/orders/routes.py", moved)
