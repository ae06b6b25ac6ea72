"""The files of a journal: segments that are being written, and those that are packed.

A segment is written as gzip, which costs next to nothing and can be read up to where it broke off;
once it is complete it is packed as xz, which takes 40 % less. What is read may come from anywhere:
memory and sizes are bounded before anything is unpacked.
"""

from __future__ import annotations

import contextlib
import gzip
import lzma
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from harness.errors import BadFile

WRITTEN, PACKED = ".gz", ".xz"
SEGMENT_BYTES_MAX = 256 * 1024 * 1024
"""Of one segment, unpacked."""
UNPACKER_BYTES_MAX = 32 * 1024 * 1024
"""What unpacking may take of memory; ours takes 3 MiB."""
PRESET = 2
PIECE_BYTES = 256 * 1024
REST_SHARE = 1.0
"""After each piece that is packed, so much of its time is left to others."""


def segments(folder: Path) -> Sequence[Path]:
    """The segments in a folder, oldest first, each once."""
    found = {path.stem: path for path in folder.glob(f"*{WRITTEN}") if path.stem.isdecimal()}
    # Whole from the moment that it has its name: better than the one that it was made of.
    found |= {path.stem: path for path in folder.glob(f"*{PACKED}") if path.stem.isdecimal()}
    return sorted(found.values(), key=begin_ms)


def begin_ms(segment: Path) -> int:
    """When a segment begins, since the epoch."""
    return int(segment.stem)


def pack(segment: Path, *, rest: Callable[[float], None] = time.sleep) -> None:
    """Pack a complete segment. Blocks, with rests. Raises OSError."""
    draft = segment.with_suffix(".packing")
    packer = lzma.LZMACompressor(preset=PRESET)
    try:
        with gzip.open(segment, "rb") as source, draft.open("wb") as target:
            while True:
                began = time.monotonic()
                piece = source.read(PIECE_BYTES)
                if not piece:
                    break
                target.write(packer.compress(piece))
                rest((time.monotonic() - began) * REST_SHARE)
            target.write(packer.flush())
        draft.replace(segment.with_suffix(PACKED))
        segment.unlink()
    except (EOFError, zlib.error):
        # One that broke off stays as it is.
        draft.unlink(missing_ok=True)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def unpacked(segment: Path, bytes_max: int = SEGMENT_BYTES_MAX) -> Iterator[bytes]:
    """The bytes of a segment (or of another file that is packed) in pieces, up to where it breaks
    off. Raises BadFile where it is none, or larger than any that is written."""
    left = bytes_max
    pieces = _of_packed(segment) if segment.suffix == PACKED else _of_written(segment)
    try:
        for piece in pieces:
            left -= len(piece)
            if left < 0:
                raise BadFile(segment, None, "it unpacks to more than any that is written")
            yield piece
    except EOFError:
        return
    except (OSError, zlib.error, lzma.LZMAError) as error:
        raise BadFile(segment, None, f"cannot be unpacked: {error}") from error


def _of_written(segment: Path) -> Iterator[bytes]:
    with gzip.open(segment, "rb") as file:
        while piece := file.read1(PIECE_BYTES):
            yield piece


def _of_packed(segment: Path) -> Iterator[bytes]:
    unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=UNPACKER_BYTES_MAX)
    with segment.open("rb") as file:
        while not unpacker.eof:
            given = file.read(PIECE_BYTES) if unpacker.needs_input else b""
            if unpacker.needs_input and not given:
                raise lzma.LZMAError("it breaks off, which nothing does that is packed")
            if piece := unpacker.decompress(given, PIECE_BYTES):
                yield piece
