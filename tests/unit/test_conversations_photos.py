"""Photos: what is taken, and what is left of it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from walletdesk.desk.conversations.model import PhotoInvalid, PhotoTooLarge
from walletdesk.desk.conversations.photos import SIDE_MAX, reencode


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "orange")
    image.putpixel((0, 0), (0, 0, 255))
    image.save(out, kind, **options)
    return out.getvalue()


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Wang"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif)


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it has 2.5 billion pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 10_000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.txt", "a")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_jpeg_of_the_same_size(kind: str) -> None:
    photo = reencode(picture(kind))

    with Image.open(io.BytesIO(photo.jpeg)) as image:
        assert (image.format, image.size) == ("JPEG", (60, 40))
    assert (photo.width, photo.height) == (60, 40)


def test_nothing_but_the_picture_survives_and_it_stands_upright() -> None:
    photo = reencode(with_place())

    with Image.open(io.BytesIO(photo.jpeg)) as image:
        assert dict(image.getexif()) == {}
        assert image.size == (40, 60)
    assert b"Wang" not in photo.jpeg


def test_a_large_photo_is_made_smaller() -> None:
    photo = reencode(picture(size=(5000, 1000)))

    assert (photo.width, photo.height) == (SIDE_MAX, round(SIDE_MAX / 5))


def test_what_is_transparent_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(out, "PNG")

    with Image.open(io.BytesIO(reencode(out.getvalue()).jpeg)) as image:
        assert image.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"%PDF-1.7 ...",
        b"GIF89a" + b"\0" * 50,
        picture("GIF"),
        picture("BMP"),
        picture()[:300],
        picture() + archive(),
        picture() + b"<script>alert(1)</script>",
        picture() + b"<?php system('id');",
        archive(),
    ],
)
def test_what_is_no_photo_or_hides_something_is_refused(raw: bytes) -> None:
    with pytest.raises(PhotoInvalid):
        reencode(raw)


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded() -> None:
    assert len(bomb()) < 1_000

    with pytest.raises(PhotoTooLarge):
        reencode(bomb())


@pytest.mark.parametrize("size", [(8000, 5001), (20_000, 10_000)])
def test_more_pixels_than_forty_million_are_refused(size: tuple[int, int]) -> None:
    out = io.BytesIO()
    Image.new("1", size).save(out, "PNG")

    with pytest.raises(PhotoTooLarge):
        reencode(out.getvalue())
