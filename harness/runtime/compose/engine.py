"""The Docker engine of this machine, over its HTTP API on a Unix socket.

Why no library: `docs/adr/0013-the-docker-api-is-called-directly.md`.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import struct
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp

from harness.errors import EnvironmentMissing, StackFailed
from harness.runtime.compose.endpoint import find_socket

API = "http://engine/v1.41"
"""Of Engine 20.10, the oldest that we support; newer ones speak it, too."""
CALL_TIMEOUT_S = 30.0
WORDS_MAX = 2000
UTF8_BYTES_MAX = 4
"""Of one character."""
JSON = {"Content-Type": "application/json"}
FRAME = struct.Struct(">BxxxL")
"""Before each piece of a container's output: which stream, and its length."""

Found = dict[str, Any]
HINT = "install Docker Engine 20.10 or newer and start it: `docker info` must answer"


class EngineRefused(StackFailed):
    """The engine answered, and it was not what was asked for."""

    def __init__(self, status: int, what: str) -> None:
        super().__init__(f"Docker API call failed: {what}")
        self.status = status


class Engine:
    """Calls of the engine. Every method raises StackFailed where it does not answer."""

    def __init__(self, socket_path: Path) -> None:
        # No bound on connections: each container's output and end take one of their own.
        connector = aiohttp.UnixConnector(str(socket_path), limit=0)
        self._http = aiohttp.ClientSession(
            connector=connector, timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT_S)
        )
        self.lost = False
        """A call that only the engine's own end can break has broken."""

    @classmethod
    async def connect(cls) -> Engine:
        """An engine that answers. Raises EnvironmentMissing with what to do."""
        path = await asyncio.to_thread(find_socket)
        engine = cls(path)
        try:
            await engine.call("GET", "/version")
        except StackFailed as error:
            await engine.close()
            raise EnvironmentMissing(f"no Docker engine answers at {path}", HINT) from error
        return engine

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def call(
        self, method: str, path: str, *, bound_s: float = CALL_TIMEOUT_S, **params: object
    ) -> Any:
        """One call; its JSON answer, None where there is none. Raises EngineRefused."""
        timeout = aiohttp.ClientTimeout(total=bound_s)
        given = {name: _text(value) for name, value in params.items()}
        try:
            async with self._http.request(
                method, API + path, params=given, timeout=timeout, headers=JSON
            ) as answer:
                body = await answer.read()
                if answer.status >= 400:
                    raise EngineRefused(answer.status, _message(body))
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise StackFailed(f"Docker API call failed: {error!r}", HINT) from error
        return json.loads(body) if body.startswith((b"{", b"[")) else None

    async def labelled(self, kind: str, *labels: str) -> list[Found]:
        """All `containers`, `networks` or `volumes` that carry every one of `labels`."""
        filters = json.dumps({"label": list(labels)})
        if kind == "containers":
            found: list[Found] = await self.call("GET", "/containers/json", all=1, filters=filters)
            return found
        answer = await self.call("GET", f"/{kind}", filters=filters)
        volumes: list[Found] = answer["Volumes"] or [] if kind == "volumes" else answer
        return volumes

    async def inspect(self, container: str) -> Found:
        """All that the engine knows of a container."""
        found: Found = await self.call("GET", f"/containers/{container}/json")
        return found

    async def has_image(self, image: str) -> bool:
        """Whether an image of that name is there."""
        try:
            await self.call("GET", f"/images/{image}/json")
        except EngineRefused as error:
            if error.status == 404:
                return False
            raise
        return True

    async def tag(self, image: str, repository: str, tag: str) -> None:
        """Give an image one more name. Raises EngineRefused."""
        await self.call("POST", f"/images/{image}/tag", repo=repository, tag=tag)

    async def own_images(self) -> list[Found]:
        """All images that are named as ours."""
        filters = json.dumps({"reference": ["threeam/*"]})
        found: list[Found] = await self.call("GET", "/images/json", filters=filters)
        return found

    async def exit_code(self, container: str) -> int:
        """Wait for a container to end; negative for a signal, as in subprocess.

        A container that is gone, or whose engine is, has ended by SIGKILL as far as we know.
        """
        timeout = aiohttp.ClientTimeout(total=None)
        try:
            url = f"{API}/containers/{container}/wait"
            async with self._http.post(url, timeout=timeout) as answer:
                code = int((await answer.json()).get("StatusCode", 137))
        except (aiohttp.ClientError, OSError, ValueError):
            self.lost, code = True, 137
        return 128 - code if code > 128 else code

    async def output(self, container: str) -> AsyncIterator[bytes]:
        """What a container writes, from its start until its end."""
        url = f"{API}/containers/{container}/logs"
        params = {"follow": "1", "stdout": "1", "stderr": "1"}
        timeout = aiohttp.ClientTimeout(total=None)
        try:
            async with self._http.get(url, params=params, timeout=timeout) as answer:
                while True:
                    _, length = FRAME.unpack(await answer.content.readexactly(FRAME.size))
                    yield await answer.content.readexactly(length)
        except (aiohttp.ClientError, asyncio.IncompleteReadError, OSError):
            return

    async def write_output(self, container: str, path: Path) -> None:
        """Append what a container writes to a file, until its end."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab", buffering=0) as log:
            async for piece in self.output(container):
                # A full disk costs lines of the log, and must not cost the process its output.
                with contextlib.suppress(OSError):
                    log.write(piece)

    async def last_words(self, container: str) -> str:
        """The end of what a container that has ended wrote."""
        last = b""
        async for piece in self.output(container):
            last = (last + piece)[-WORDS_MAX * UTF8_BYTES_MAX :]
        return last.decode(errors="replace")[-WORDS_MAX:].strip()

    async def events(self, label: str) -> AsyncIterator[Found]:
        """What happens to containers that carry `label`, until the engine goes away."""
        filters = json.dumps({"type": ["container"], "label": [label]})
        timeout = aiohttp.ClientTimeout(total=None)
        try:
            async with self._http.get(
                f"{API}/events", params={"filters": filters}, timeout=timeout
            ) as answer:
                async for line in answer.content:
                    yield json.loads(line)
        except (aiohttp.ClientError, OSError):
            pass
        self.lost = True

    async def kill(self, container: str, signal: str = "SIGKILL") -> None:
        """Signal a container; one that has ended needs none."""
        try:
            await self.call("POST", f"/containers/{container}/kill", signal=signal)
        except EngineRefused as error:
            if error.status not in (404, 409):
                raise

    async def remove(self, kind: str, name: str) -> None:
        """Remove a container with its anonymous volumes, a network or a volume, if it is there."""
        extra = {"force": 1, "v": 1} if kind == "containers" else {}
        try:
            await self.call("DELETE", f"/{kind}/{name}", **extra)
        except EngineRefused as error:
            # 409: its removal is in progress already.
            if error.status not in (404, 409):
                raise

    async def pull(self, image: str, tag: str, *, bound_s: float) -> None:
        """Pull an image from its registry. Raises EngineRefused with the reason."""
        params = {"fromImage": image, "tag": tag}
        await self._work("/images/create", params, None, bound_s)

    async def build(
        self, context: bytes, *, bound_s: float, arguments: Mapping[str, str], **params: str
    ) -> None:
        """Build an image from a tar. Raises EngineRefused with the build's last words."""
        given = {**params, "buildargs": json.dumps(dict(arguments)), "rm": "1", "forcerm": "1"}
        await self._work("/build", given, io.BytesIO(context), bound_s)

    async def load_root(
        self, root: AsyncIterator[bytes], repository: str, tag: str, *, bound_s: float
    ) -> None:
        """Make an image of a tar of a file system. Raises EngineRefused."""
        params = {"fromSrc": "-", "repo": repository, "tag": tag}
        await self._work("/images/create", params, root, bound_s)

    async def _work(
        self,
        path: str,
        params: Mapping[str, str],
        body: io.BytesIO | AsyncIterator[bytes] | None,
        bound_s: float,
    ) -> None:
        """A call that reports as it goes on. Raises EngineRefused, StackFailed."""
        progress: list[str] = []
        try:
            async with self._http.post(
                API + path,
                params=params,
                data=body,
                headers={"Content-Type": "application/x-tar"},
                timeout=aiohttp.ClientTimeout(total=bound_s),
            ) as answer:
                if answer.status >= 400:
                    raise EngineRefused(answer.status, _message(await answer.read()))
                async for line in answer.content:
                    news = json.loads(line)
                    progress = [*progress[-20:], news.get("stream", "").rstrip()]
                    if "error" in news:
                        raise EngineRefused(
                            500, "\n".join([*filter(None, progress), news["error"]])
                        )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise StackFailed(f"Docker API call failed: {error!r}", HINT) from error


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")[:500]
