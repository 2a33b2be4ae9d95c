"""Base58Check: numbers in an alphabet without look-alikes, with four bytes of a double SHA-256 behind them.

Source: the Bitcoin developer reference (address conversion); the alphabet of the XRP Ledger from its documentation.
"""

from __future__ import annotations

import hashlib
from typing import Final

BITCOIN: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RIPPLE: Final = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
CHARACTERS_MAX: Final = 120
_CHECK_BYTES: Final = 4
_KEY_VERSIONS: Final = (0x80, 0xEF)


def decode(text: str, alphabet: str = BITCOIN) -> bytes | None:
    """Return the bytes of a Base58 text; None where a character is not of the alphabet."""
    if not text or len(text) > CHARACTERS_MAX:
        return None
    number = 0
    for character in text:
        digit = alphabet.find(character)
        if digit < 0:
            return None
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def decode_checked(text: str, alphabet: str = BITCOIN) -> bytes | None:
    """Return the bytes before the checksum; None where it does not fit."""
    raw = decode(text, alphabet)
    if raw is None or len(raw) <= _CHECK_BYTES:
        return None
    body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    return body if hashlib.sha256(hashlib.sha256(body).digest()).digest()[:_CHECK_BYTES] == check else None


def is_private_key(text: str) -> bool:
    """Say whether a text is a private key of Bitcoin in the wallet import format."""
    body = decode_checked(text)
    return body is not None and body[0] in _KEY_VERSIONS and len(body) in (33, 34)
