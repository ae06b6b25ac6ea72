"""What goes wrong, what sets it off, and what only looks as if something were wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mechanism(StrEnum):
    """The kinds of cause that a diagnosis can name, each with what it means and what else people
    call it (in lower case, hyphens inside, blanks between)."""

    meaning: str
    synonyms: tuple[str, ...]

    def __new__(cls, name: str, meaning: str, synonyms: str) -> Mechanism:
        member = str.__new__(cls, name)
        member._value_ = name
        member.meaning = meaning
        member.synonyms = tuple(synonyms.split())
        return member

    TIMEOUT_MISCONFIGURED = (
        "timeout-misconfigured",
        "a timeout that is too short or too long for what it waits for, or missing",
        """
        timeout timeouts timeout-too-short timeouts-too-short short-timeout short-timeouts
        bad-timeout bad-timeouts wrong-timeout wrong-timeouts timeout-config
        timeout-configuration timeout-misconfiguration misconfigured-timeout
        misconfigured-timeouts timeouts-misconfigured timeout-settings aggressive-timeout
        aggressive-timeouts
        """,
    )
    NUMERIC_PRECISION = (
        "numeric-precision",
        "amounts that are computed or stored less exactly than money needs",
        """
        float floats floating-point float-arithmetic float-drift float-rounding
        float-precision precision precision-loss loss-of-precision rounding rounding-error
        rounding-errors numerical-precision decimal money-as-float
        floating-point-arithmetic floating-point-rounding floating-point-error
        floating-point-errors float-error float-errors floating-point-precision
        """,
    )
    CIRCULAR_CALL = (
        "circular-call",
        "services that wait for each other in a circle",
        """
        deadlock distributed-deadlock circular circular-calls circular-dependency
        circular-dependencies cycle call-cycle dependency-cycle cyclic-call cyclic-calls
        cyclic-dependency call-loop loop cyclic-dependencies
        """,
    )
    N_PLUS_ONE = (
        "n-plus-one",
        "a query or call for each item, where one for all would do",
        """
        n+1 n+1-query n+1-queries n+1-problem n1 n-1-queries n-plus-1 n-plus-one-query
        n-plus-one-queries n-plus-1-query n-plus-1-queries query-in-a-loop
        queries-in-a-loop query-in-loop queries-in-loop query-per-row too-many-queries
        """,
    )
    MISSING_INDEX = (
        "missing-index",
        "a query that finds no index to use, and reads far more rows than it answers with",
        """
        no-index index index-missing unindexed unindexed-lookup unindexed-query index-not-used
        unused-index index-unused full-table-scan full-scan table-scan seq-scan sequential-scan
        sequential-scans slow-query slow-queries bad-query-plan query-plan non-sargable
        """,
    )
    RETRY_STORM = (
        "retry-storm",
        "failed calls repeated so often that the repetition keeps them failing",
        """
        retry retries retry-amplification retry-loop too-many-retries unbounded-retries
        retries-without-budget retries-without-backoff aggressive-retries thundering-herd
        metastable metastable-failure metastable-state request-amplification
        """,
    )
    LOCK_CONTENTION = (
        "lock-contention",
        "database locks that are held too long, or taken in orders that cross",
        """
        lock locks locking lock-wait lock-waits table-lock row-lock long-transaction
        long-transactions lock-held-too-long lock-across-call lock-held-across-call
        transaction-across-call blocking-lock database-lock database-locks db-lock
        database-deadlock db-deadlock lock-order lock-ordering
        """,
    )
    BLOCKED_EVENT_LOOP = (
        "blocked-event-loop",
        "blocking calls or long computation on an event loop, so that all requests wait",
        """
        blocked-loop blocking-event-loop event-loop event-loop-blocked blocking-call
        blocking-calls blocking-io blocking-call-in-async sync-in-async sync-call-in-async
        synchronous-call synchronous-call-in-async sync-call loop-blocked
        event-loop-starvation async-blocking
        """,
    )
    CACHE_STAMPEDE = (
        "cache-stampede",
        "a cache entry that expires for everybody at once, and is filled by everybody at once",
        """
        stampede cache-expiry cache-expiration cache-miss-storm cache-misses dogpile
        dog-pile dogpiling dog-piling cache-avalanche no-single-flight missing-single-flight
        cache-herd hot-key simultaneous-expiry
        """,
    )
    POOL_TOO_SMALL = (
        "pool-too-small",
        "too few connections or workers for the load",
        """
        pool small-pool pool-size pool-exhausted pool-exhaustion connection-pool-too-small
        pool-misconfigured too-few-connections too-few-workers worker-shortage
        worker-starvation thread-starvation thread-pool-too-small thread-pool-exhaustion
        too-few-threads
        """,
    )
    CONNECTION_NOT_RECOVERED = (
        "connection-not-recovered",
        "broken connections that are used again instead of replaced",
        """
        stale-connection stale-connections dead-connection dead-connections no-reconnect
        connection-not-reestablished missing-reconnect
        """,
    )
    SLOW_DEPENDENCY = (
        "slow-dependency",
        "something outside the service that takes too long",
        """
        slow-third-party slow-provider slow-downstream dependency-slow slow-upstream
        provider-slow third-party-slow
        """,
    )
    BAD_CONFIGURATION = (
        "bad-configuration",
        "a wrong value in settings, such as a name that does not exist",
        """
        config configuration bad-config misconfiguration wrong-configuration wrong-config
        configuration-error config-error
        """,
    )
    OVERLOAD = (
        "overload",
        "more load than the shop can carry",
        """
        overloaded too-much-traffic traffic-surge traffic-spike surge load-spike
        too-much-load capacity
        """,
    )
    CONTRACT_CHANGE = (
        "contract-change",
        "two services that no longer mean the same by what they tell each other",
        """
        contract contract-drift contract-broken broken-contract breaking-change
        breaking-api-change api-change api-drift api-contract interface-change schema-change
        schema-drift schema-mismatch contract-mismatch incompatible-change incompatible-api
        semantic-change
        """,
    )
    CONFIG_SIZE = (
        "config-size",
        "configuration or content that outgrew a limit of what reads it",
        """
        config-too-large oversize-config oversized-config config-limit configuration-size
        configuration-too-large content-too-large content-size limit-exceeded size-limit
        capacity-limit preallocation too-many-entries too-many-items list-too-long
        """,
    )
    FEATURE_FLAG = (
        "feature-flag",
        "a feature flag or its default that turned something on or off unmeant",
        """
        flag flags flag-default feature-flags feature-toggle toggle wrong-flag wrong-default
        default-on bad-default dead-code dead-feature retired-code
        """,
    )
    RESOURCE_LEAK = (
        "resource-leak",
        "something that is taken for each request and not given back",
        """
        leak connection-leak connections-leaked leaked-connections leaked-connection
        session-leak database-connection-leak memory-leak file-descriptor-leak handle-leak
        not-released connections-not-released
        """,
    )
    POISON_MESSAGE = (
        "poison-message",
        "one task or message that cannot be handled and holds up all behind it",
        """
        poison-task poison-pill poisoned-queue bad-message bad-task head-of-line
        head-of-line-blocking queue-blocked blocked-queue stuck-task stuck-message
        unprocessable-message unprocessable-task
        """,
    )
    INTEGER_OVERFLOW = (
        "integer-overflow",
        "a number that outgrew the range of its type or column",
        """
        overflow int-overflow integer-out-of-range out-of-range id-overflow id-runs-out
        id-exhaustion ids-exhausted out-of-ids key-exhaustion sequence-exhausted
        sequence-exhaustion numeric-overflow int32-overflow column-too-small
        """,
    )
    IDEMPOTENCY_LOST = (
        "idempotency-lost",
        "a request that is sent again and done again, since it is not known for the same",
        """
        idempotency idempotency-key idempotency-keys idempotency-broken broken-idempotency
        not-idempotent missing-idempotency duplicate duplicates duplicate-order
        duplicate-orders duplicate-charge duplicate-charges double-charge double-charged
        charged-twice double-order double-submit no-deduplication missing-deduplication
        """,
    )
    RATE_LIMIT = (
        "rate-limit",
        "a limit on requests that counts together whom it should count apart, or is too low",
        """
        rate-limiting rate-limiter rate-limited limiter throttle throttling throttled quota
        quota-exceeded too-many-requests shared-limit limit-too-low wrong-rate-limit
        rate-limit-too-low rate-limit-key 429
        """,
    )
    DATA_EXPOSURE = (
        "data-exposure",
        "somebody is shown what is another's",
        """
        data-leak foreign-data wrong-customer wrong-user wrong-customers-data
        cross-customer-data cache-key wrong-cache-key cache-key-collision cache-poisoning
        shared-cache privacy privacy-breach data-breach missing-authorisation
        missing-authorization broken-access-control
        """,
    )
    EXPIRED_CREDENTIAL = (
        "expired-credential",
        "a certificate, key or password that is no longer the one in force",
        """
        expired-certificate certificate certificates certificate-expired cert-expired
        certificate-expiry certificate-rotation cert-rotation certificate-renewal
        certificate-changed certificate-pinning pinned-certificate cert-pinning pinning
        tls tls-error expired-secret expired-token expired-key credential credentials
        credential-rotation secret-rotation key-rotation
        """,
    )
    NO_FAULT = (
        "no-fault",
        "nothing of ours is wrong; it passes by itself",
        """
        none nothing healthy false-alarm no-problem nothing-wrong
        """,
    )


NOWHERE = "none"
"""The service of a diagnosis that says that nothing is wrong."""


@dataclass(frozen=True)
class Answer:
    """One root cause, by all the names that a right diagnosis may give it."""

    services: tuple[str, ...]
    mechanisms: tuple[str, ...]
    """Values of Mechanism; in the record of another version, perhaps others."""
    service: str = ""
    """The one of them whose fault it is, as the catalog has it; empty where that is not known."""
    mechanism: str = ""


NOTHING_WRONG = Answer((NOWHERE,), (Mechanism.NO_FAULT,), NOWHERE, Mechanism.NO_FAULT)
"""What to say where the trouble was never ours and is over."""


class TriggerKind(StrEnum):
    """What sets a fault off."""

    DEPLOY = "deploy"
    """The release itself, as soon as it is out."""
    DATABASE_FAILOVER = "database-failover"
    """The service's database ends every connection once and takes new ones at once, as a managed
    database does when it fails over. The bad release is out by then, and looks well."""
    MODEL_SLOW = "model-slow"
    """The model provider takes seconds for an answer, until the drill ends, and says so on its
    status page. The bad release is out by then, and looks well."""
    BRIEF_OUTAGE = "brief-outage"
    """Third parties behave by another profile for a moment, and then as before. The bad release is
    out by then, and looks well; what it makes of the moment does not pass with it."""
    THIRD_PARTIES = "third-parties"
    """Third parties behave by another profile, until the drill ends. The bad release is out by
    then, and looks well."""
    CERTIFICATE_RENEWED = "certificate-renewed"
    """The payment provider shows another certificate of the same authority from then on, and ends
    its connections, each after the answer that is due, so that new ones are made. The bad release
    is out by then, and looks well."""
    TRAFFIC = "traffic"
    """Customers come by another load profile, until the drill ends. Nobody has to release anything:
    what cannot carry them is the shop as it is."""


@dataclass(frozen=True)
class Trigger:
    """What sets a fault off, `after_s` seconds after its release is out; where there is none,
    after the first release of the drill is due."""

    kind: TriggerKind = TriggerKind.DEPLOY
    after_s: float = 0.0
    load_profile: str = ""
    """By which customers then come; only with `traffic`."""
    profile: str = ""
    """By which third parties then behave: with `brief-outage` for `for_s` seconds, with
    `third-parties` until the drill ends."""
    for_s: float = 0.0


BY_DEPLOY = Trigger()


@dataclass(frozen=True)
class Mitigation:
    """What takes the harm away before anybody has mended anything."""

    flag: str = ""
    """The feature flag of the fault's service that is switched off; empty: the release is rolled
    back."""


BY_ROLLBACK = Mitigation()


@dataclass(frozen=True)
class Blip:
    """Third parties behave by another profile, `after_s` seconds into the drill's events, for
    `for_s` seconds, and then as before: nothing of ours is wrong, and nothing is to be done."""

    profile: str
    after_s: float
    for_s: float


@dataclass(frozen=True)
class LearningPath:
    """Scenarios that are best played one after another, each for what the one before taught."""

    id: str
    title: str
    scenarios: tuple[str, ...]


@dataclass(frozen=True)
class Family:
    """Scenarios that look alike from outside; each drill is one of them, drawn by its seed."""

    id: str
    title: str
    one_of: tuple[str, ...]
    agenda: str
    """Of every drill of this family, whatever its scenario says."""
