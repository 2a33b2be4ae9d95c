"""Photos: what is taken, what is kept of it, and where.

A photo is decoded and written anew as a JPEG, so that nothing of the file that was sent survives but its picture:
no place, no camera, no second file in its tail. It is kept under a random name below `HOME/attachments`.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import secrets
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from PIL import Image, ImageOps

from walletdesk.desk.conversations import queries
from walletdesk.desk.conversations.model import AttachmentMissing, PhotoInvalid, PhotoTooLarge
from walletdesk.desk.conversations.queries import Attachment
from walletdesk.kit import db
from walletdesk.kit.ids import new_id

BYTES_MAX: Final = 10 * 1024 * 1024
PIXELS_MAX: Final = 40_000_000
SIDE_MAX: Final = 4_096
QUALITY: Final = 85
FORMATS: Final = ("JPEG", "PNG", "WEBP")
AT_ONCE: Final = 2
"""Photos decoded at the same time in one process: a decoded one takes up to 160 MB."""

_FOREIGN: Final = re.compile(rb"<(?:script|html|svg|iframe|\?php)|<!doctype html", re.IGNORECASE)
_gate = asyncio.Semaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it is kept."""

    jpeg: bytes
    width: int
    height: int


async def take_in(
    pool: db.Pool,
    home: Path,
    raw: bytes,
    *,
    uploader_id: UUID,
    conversation_id: UUID | None = None,
    now: datetime,
) -> Attachment:
    """Keep a photo that somebody uploads; it is his until he says it in a conversation.

    Raises:
        PhotoTooLarge, PhotoInvalid
    """
    if len(raw) > BYTES_MAX:
        raise PhotoTooLarge(field="file", allowed=f"{BYTES_MAX // 1024 // 1024} MB")
    async with _gate:
        photo = await asyncio.to_thread(reencode, raw)
    name = secrets.token_hex(16)
    await asyncio.to_thread(_write, home, name, photo.jpeg)
    row = Attachment(
        new_id(), uploader_id, conversation_id, name, photo.width, photo.height, len(photo.jpeg), now
    )
    async with db.transaction(pool) as tx:
        await queries.insert_attachment(tx, row)
    return row


def reencode(raw: bytes) -> Photo:
    """Decode a photo and write it anew, upright and bare.

    Raises:
        PhotoTooLarge: It has more pixels than we decode.
        PhotoInvalid: It is no JPEG, PNG or WebP picture, is broken, or hides another kind of file.
    """
    if _FOREIGN.search(raw) or b"%PDF-" in raw[:1024] or zipfile.is_zipfile(io.BytesIO(raw)):
        raise PhotoInvalid(field="file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=FORMATS) as picture:
                if picture.width * picture.height > PIXELS_MAX:
                    raise PhotoTooLarge(field="file", allowed=f"{PIXELS_MAX // 1_000_000} MP")
                return _bare(picture)
    except Image.DecompressionBombError as error:
        raise PhotoTooLarge(field="file", allowed=f"{PIXELS_MAX // 1_000_000} MP") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise PhotoInvalid(field="file") from error


def _bare(picture: Image.Image) -> Photo:
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((SIDE_MAX, SIDE_MAX))
    flat = Image.new("RGB", upright.size, "white")
    shown = upright.convert("RGBA")
    flat.paste(shown, mask=shown.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=QUALITY)
    return Photo(out.getvalue(), flat.width, flat.height)


def read(home: Path, attachment: Attachment) -> bytes:
    """Return the bytes of a photo.

    Raises:
        AttachmentMissing: Its file is gone.
    """
    try:
        return _place(home, attachment.file).read_bytes()
    except FileNotFoundError as error:
        raise AttachmentMissing from error


def remove(home: Path, files: Sequence[str]) -> None:
    """Remove files of photos; those that are gone are passed over."""
    for name in files:
        _place(home, name).unlink(missing_ok=True)


def files_before(home: Path, moment: datetime) -> list[str]:
    """Return the names of files that are older than a moment; a crash may have left some without a row."""
    folder = home / "attachments"
    return [
        path.name
        for path in folder.glob("??/*")
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < moment
    ]


def _place(home: Path, name: str) -> Path:
    return home / "attachments" / name[:2] / name


def _write(home: Path, name: str, data: bytes) -> None:
    """Write a file so that it is there whole, and still there after a power cut."""
    path = _place(home, name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
