"""The storefront: one page, and the files that it is made of."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import Response

from services.chassis.errors import Problem

STATIC = Path(__file__).parent / "static"
COMPRESSED = ".gz"
"""Large libraries are kept as they are sent."""
MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".toml": "text/plain",
    ".txt": "text/plain",
}
"""Ours, since what the system knows differs from machine to machine."""
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # A release replaces all files at once; a browser asks each time whether it has the newest.
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the storefront, ready to be sent."""

    content: bytes
    media_type: str
    is_gzipped: bool

    @property
    def etag(self) -> str:
        """Equal for equal files."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


def load_assets(root: Path = STATIC) -> dict[str, Asset]:
    """Every file under `root` by its path there; a `.gz` file by the name of what is in it.

    Raises KeyError for a kind of file that MEDIA_TYPES does not know.
    """
    assets = {}
    for path in sorted(root.rglob("*")):
        if path.is_file():
            name = path.relative_to(root).as_posix()
            is_gzipped = name.endswith(COMPRESSED)
            name = name.removesuffix(COMPRESSED)
            media_type = MEDIA_TYPES[Path(name).suffix]
            assets[name] = Asset(path.read_bytes(), media_type, is_gzipped)
    return assets


def build_router() -> APIRouter:
    """The page at `/`, its files under `/static/`; nothing else of the disk can be asked for."""
    router = APIRouter(include_in_schema=False)
    assets = load_assets()

    @router.get("/")
    async def home(
        if_none_match: Annotated[str, Header()] = "",
        accept_encoding: Annotated[str, Header()] = "",
    ) -> Response:
        """The storefront."""
        return _sent(assets["index.html"], if_none_match, accept_encoding)

    @router.get("/static/{name:path}")
    async def asset(
        name: str,
        if_none_match: Annotated[str, Header()] = "",
        accept_encoding: Annotated[str, Header()] = "",
    ) -> Response:
        """A file of the storefront."""
        if name not in assets:
            raise Problem(404, "No such file", "the storefront has no such file")
        return _sent(assets[name], if_none_match, accept_encoding)

    return router


def _sent(asset: Asset, if_none_match: str, accept_encoding: str) -> Response:
    headers = dict(HEADERS) | {"ETag": asset.etag}
    if asset.etag in if_none_match:
        return Response(status_code=304, headers=headers)
    content = asset.content
    if asset.is_gzipped and "gzip" in accept_encoding:
        headers["Content-Encoding"] = "gzip"
    elif asset.is_gzipped:
        content = gzip.decompress(content)
    return Response(content, media_type=asset.media_type, headers=headers)
