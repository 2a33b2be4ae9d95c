"""Bech32 and Bech32m, and the witness programs that are written in them.

Sources: BIP 173 (Bech32, witness version 0), BIP 350 (Bech32m, versions 1 to 16).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

ALPHABET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHARACTERS_MAX: Final = 90
_CHECK_CHARACTERS: Final = 6
_VERSION_MAX: Final = 16


class Encoding(IntEnum):
    """Which of the two it is; the value is what the checksum leaves over."""

    BECH32 = 1
    BECH32M = 0x2BC830A3


def polymod(values: Sequence[int]) -> int:
    """Return the remainder of the checksum's polynomial."""
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, part in enumerate(_GENERATOR):
            check ^= part if (top >> bit) & 1 else 0
    return check


def decode(text: str) -> tuple[str, list[int], Encoding] | None:
    """Return the readable part, the data without its checksum, and the encoding; None where something is wrong."""
    if len(text) > CHARACTERS_MAX or any(not 33 <= ord(character) <= 126 for character in text):
        return None
    if text.lower() != text and text.upper() != text:
        return None
    text = text.lower()
    prefix, mark, rest = text.rpartition("1")
    if not mark or not prefix or len(rest) < _CHECK_CHARACTERS or any(c not in ALPHABET for c in rest):
        return None
    data = [ALPHABET.index(character) for character in rest]
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    try:
        encoding = Encoding(polymod([*spread, *data]))
    except ValueError:
        return None
    return prefix, data[:-_CHECK_CHARACTERS], encoding


def regroup(values: Sequence[int], *, wide: int = 5, into: int = 8) -> bytes | None:
    """Put groups of 5 bits into bytes; None where what is left over is not padding."""
    held, bits = 0, 0
    found: list[int] = []
    for value in values:
        held = (held << wide) | value
        bits += wide
        while bits >= into:
            bits -= into
            found.append((held >> bits) & 0xFF)
    padding = held & ((1 << bits) - 1)
    return None if bits >= wide or padding else bytes(found)


def witness(text: str) -> tuple[str, int, bytes, Encoding] | None:
    """Return network prefix, version, program and encoding of a witness address, whichever encoding it has."""
    found = decode(text)
    if found is None or not found[1]:
        return None
    prefix, data, encoding = found
    version, program = data[0], regroup(data[1:])
    if program is None or version > _VERSION_MAX or not 2 <= len(program) <= 40:
        return None
    if version == 0 and len(program) not in (20, 32):
        return None
    return prefix, version, program, encoding
