"""The console's own files: a fixed list, read once, for everybody, since they hold no data.

The folder is built from `harness/console/web` by `make console`.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response

from harness.api.access import EVERYBODY, router_for

STATIC = Path(__file__).parent.parent / "console" / "static"
TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
"""What is served; any other file in the folder is not."""
BUILT = "/static/assets/"
"""Files whose name holds a digest of what is in them: another content has another name."""
FOR_EVER = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"
"""Else a console that was updated under an open tab would be a mixture."""


@dataclass(frozen=True)
class Page:
    """One file as it goes out."""

    body: bytes
    packed: bytes
    """The same, compressed once for all who take it so."""
    media_type: str
    etag: str
    """A weak one: it is that of both."""


def read_pages(folder: Path = STATIC) -> Mapping[str, Page]:
    """URL path → file. `index.html` is the page itself; all others are under `/static/`."""
    pages: dict[str, Page] = {}
    for path in sorted(folder.rglob("*")):
        media_type = TYPES.get(path.suffix)
        if media_type is None or not path.is_file():
            continue
        body = path.read_bytes()
        name = path.relative_to(folder).as_posix()
        where = "/" if name == "index.html" else f"/static/{name}"
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
        pages[where] = Page(body, gzip.compress(body, mtime=0), media_type, etag)
    return pages


PAGES = read_pages()


async def serve(request: Request) -> Response:
    """The file of exactly this path; a browser that has it already is told so."""
    return answer_with(request, request.url.path)


def answer_with(request: Request, path: str) -> Response:
    """The file of `path`, as `serve` answers with it."""
    page = PAGES[path]
    caching = FOR_EVER if path.startswith(BUILT) else ASKED_AGAIN
    headers = {"ETag": page.etag, "Cache-Control": caching, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == page.etag:
        return Response(status_code=304, headers=headers)
    if not takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(page.body, media_type=page.media_type, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(page.packed, media_type=page.media_type, headers=headers)


def takes_gzip(accepted: str) -> bool:
    """Whether an `Accept-Encoding` names gzip, and not as what it refuses."""
    for one in accepted.lower().split(","):
        name, _, quality = one.partition(";")
        if name.strip() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", quality)
    return False


router = router_for(EVERYBODY)
for _path in PAGES:
    router.add_api_route(_path, serve, methods=["GET"], include_in_schema=False)
