"""Every bound on waiting, size and number in the local runtime, in one place.

Seconds end in `_S`, bytes in `_BYTES`. Each is a bound, not an expectation: what it guards is
normally over in a fraction of it.
"""

from __future__ import annotations

GUARDIAN_START_S = 5.0
"""From starting the guardian until it says hello."""

GUARDIAN_ANSWER_S = 5.0
"""From a command to the guardian until its answer."""

MESSAGE_BYTES_MAX = 64 * 1024
"""One line of what a process of the shop tells the host."""

GUARDIAN_MESSAGE_BYTES_MAX = 4 * 1024 * 1024
"""The same of the guardian, which names every process of the stack: 400,000 of them."""

ZYGOTE_START_S = 30.0
"""Importing the third-party libraries on a cold disk; half a second from a warm one."""

POSTGRES_START_S = 20.0
POSTGRES_PREPARE_S = 120.0
"""initdb, migrations and seeding of all databases, once per content."""

PREPARE_LOCK_S = 180.0
"""Waiting for another drill that is preparing the same databases."""

SERVICE_READY_S = 10.0
"""From the fork of a release until its /readyz answers 200."""

SERVICE_FIRST_READY_S = 30.0
"""The same as the stack comes up, where all services (and other stacks) start at once."""

MIGRATE_S = 60.0

SERVICE_IDLE_GRACE_S = 1.0
"""A draining release keeps idle connections this long, so that their next request is still
answered (with `Connection: close`) rather than lost."""

SERVICE_GRACEFUL_S = 3.0
"""Requests in flight may take this long once the idle ones are gone."""

SERVICE_DRAIN_S = 5.0
"""After this a draining release is killed."""

CRASH_WATCH_S = 10.0
"""A release that dies this soon after the switch is rolled back."""

RESTARTS_MAX = 5
RESTARTS_WINDOW_S = 60.0
RESTART_BACKOFF_S = (0.0, 0.5, 1.0, 2.0, 4.0)

DOWN_S = 5.0
"""A graceful end of the whole stack; after this everything is killed."""

EXIT_TOLD_S = 0.5
"""From what comes of a process's end until that end itself is known."""

KILL_S = 2.0
"""From SIGKILL, or the host's death, until nothing is left."""

LOG_CAP_BYTES = 50 * 1024 * 1024
LOG_WATCH_S = 1.0
LOG_TAIL_LINES = 20

OPEN_FILES_MAX = 4096
ADDRESS_SPACE_BYTES = 4 * 1024**3
"""Of one service: room for thread stacks, but an 8 GB allocation fails."""

DOWNLOAD_S = 300.0

CONTAINER_HELLO_S = 20.0
"""From a container's start until it has connected to the host."""

CONTAINER_READY_S = 60.0
"""From a release's container until its /readyz answers 200, as all start cold and at once."""

PULL_S = 600.0
"""One image from its registry."""

OUTPUT_S = 2.0
"""After a container's end, for the rest of what it wrote."""

CONTAINERS_GONE_S = 15.0
"""Until no container, network or volume of a run is left."""

ENGINE_BACK_S = 30.0
"""For a Docker engine that went away: restarting it takes ten seconds where nothing is wrong."""
