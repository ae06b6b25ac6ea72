"""The harness' end of the third parties' private side."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from harness.errors import StackFailed
from harness.plain_http import TRUSTING_NOBODY
from harness.thirdparty.llm_profiles import model_profile_named
from harness.thirdparty.profiles import profile_named
from harness.thirdparty.unix_socket import short_path

CALL_TIMEOUT_S = 5.0
IMPOSTORS_TIMEOUT_S = 10.0
"""They wait to be called."""


@dataclass(frozen=True)
class BookedCharge:
    """A charge as the provider booked it; `amount` in units of `currency`."""

    id: str
    reference: str
    amount: Decimal
    currency: str
    status: str


class ThirdPartyControl:
    """Switches profiles and reads the provider's books; an async context manager."""

    def __init__(self, control_socket: Path) -> None:
        self._short = short_path(control_socket)
        transport = httpx.AsyncHTTPTransport(
            uds=self._short.__enter__(), trust_env=False, verify=TRUSTING_NOBODY
        )
        self._http = httpx.AsyncClient(
            transport=transport,
            base_url="http://third-parties",
            timeout=CALL_TIMEOUT_S,
            trust_env=False,
            verify=TRUSTING_NOBODY,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()
        self._short.__exit__(None, None, None)

    async def profile(self) -> str:
        """The name of the profile in force."""
        return str((await self._call("GET", "/profile"))["name"])

    async def set_profile(self, name: str) -> None:
        """Put a profile in force; raises UnknownName."""
        await self._call("PUT", "/profile", json={"name": profile_named(name).name})

    async def model_profile(self) -> str:
        """The name of the model provider's profile in force."""
        return str((await self._call("GET", "/model-profile"))["name"])

    async def set_model_profile(self, name: str) -> None:
        """Put a profile of the model provider in force; raises UnknownName."""
        profile = model_profile_named(name)
        await self._call("PUT", "/model-profile", json={"name": profile.name})

    async def renew_certificate(self) -> None:
        """Let the payment provider show another certificate of the same authority."""
        await self._call("POST", "/certificate")

    async def believed_impostors(self) -> int:
        """Let impostors answer in the payment provider's place; how many of them were sent
        anything."""
        answer = await self._call("POST", "/impostors", timeout=IMPOSTORS_TIMEOUT_S)
        return int(answer["believed"])

    async def charge_count(self) -> int:
        """How many charges the provider has booked since it started."""
        return int((await self._call("GET", "/charges/count"))["count"])

    async def charges(self, *references: str) -> list[BookedCharge]:
        """What was really charged for these references, oldest first for each."""
        answer = await self._call("GET", "/charges", params={"reference": list(references)})
        return [
            BookedCharge(
                row["id"], row["reference"], Decimal(row["amount"]), row["currency"], row["status"]
            )
            for row in answer["charges"]
        ]

    async def completions_within(self, text: str) -> list[str]:
        """The texts that the model provider gave to their end, of those that `text` holds whole."""
        # What cannot be told as UTF-8 no model wrote.
        content = text.encode("utf-8", "replace")
        answer = await self._call("POST", "/completions/within", content=content)
        return [str(one) for one in answer["completions"]]

    async def _call(self, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        try:
            response = await self._http.request(method, path, **kwargs)
            response.raise_for_status()
        except httpx.HTTPError as exc:
            raise StackFailed(f"the third parties do not answer: {exc!r}") from exc
        answer: dict[str, Any] = response.json()
        return answer
