"""Reading the services' `/metrics`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from harness.verification.api_calls import read_bounded

BYTES_MAX = 4_000_000
"""Of one service's metrics; a healthy one has about a hundredth of that."""


@dataclass(frozen=True)
class Scrape:
    """The samples of one service at one moment: (name, sorted labels) → value."""

    samples: dict[tuple[str, tuple[tuple[str, str], ...]], float]

    def total(self, name: str, **labels: str) -> float | None:
        """The sum of the samples of `name` that carry `labels`; None where there are none."""
        required = set(labels.items())
        found = [
            value
            for (sample, its_labels), value in self.samples.items()
            if sample == name and required <= set(its_labels)
        ]
        return sum(found) if found else None


def parse_scrape(text: str) -> Scrape:
    """Parse Prometheus' text format. Raises ValueError where it is not that."""
    try:
        return Scrape(
            {
                (sample.name, tuple(sorted(sample.labels.items()))): float(sample.value)
                for family in text_string_to_metric_families(text)
                for sample in family.samples
            }
        )
    except IndexError as error:  # the library's, for a label without a name
        raise ValueError("not in Prometheus' text format") from error


async def scrape(
    session: aiohttp.ClientSession, url: str, *, timeout_s: float = 2.0
) -> Scrape | None:
    """Fetch and parse `url`; None where the service does not give its metrics in time."""
    try:
        async with asyncio.timeout(timeout_s), session.get(url) as response:
            if response.status != 200:
                return None
            text = (await read_bounded(response, BYTES_MAX)).decode()
            # Megabytes take seconds to parse, which nobody else is to wait for.
            return await asyncio.to_thread(parse_scrape, text)
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError):
        return None


def mean_growth(
    before: Scrape | None, after: Scrape | None, histogram: str, **labels: str
) -> float | None:
    """Mean of what `histogram` observed between two scrapes; None where that is not known.

    A restarted process counts from zero again: then all that the new process saw is taken.
    """
    if after is None:
        return None
    total, count = (after.total(f"{histogram}_{part}", **labels) for part in ("sum", "count"))
    if total is None or count is None:
        return None
    if before is not None:
        total_before = before.total(f"{histogram}_sum", **labels) or 0.0
        count_before = before.total(f"{histogram}_count", **labels) or 0.0
        if count >= count_before and total >= total_before:
            total, count = total - total_before, count - count_before
    return total / count if count > 0 else None
