"""Masking of secrets before anything is stored.

Card numbers are found by their Luhn check digit (ISO/IEC 7812-1) with any separators and in full-width digits;
Chinese identity numbers by their check character (GB 11643-1999, ISO 7064 MOD 11-2). One-time codes, passwords
and card security codes are found by the words in front of them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_CARD: Final = re.compile(r"(?<![0-9A-Za-z])(?:[0-9][ \-.·]?){12,18}[0-9](?![0-9])")
_IDENTITY: Final = re.compile(r"(?<![0-9])[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx](?![0-9])")
_SPOKEN_SECRET: Final = re.compile(
    r"(?P<lead>(?:验证码|驗證碼|校验码|动态码|密码|口令|支付密码|安全码|cvv2?|cvc2?|pin|otp|"
    r"verification code|security code|one[- ]time (?:code|password)|passcode|password|pwd)"
    r"\s*(?:是|为|：|:|=|is|was)?\s*[\"'“‘]?)"
    r"(?P<secret>(?=[!-~]*[0-9])[!-~]{3,64})",
    re.IGNORECASE,
)
_IDENTITY_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
MASK: Final = "•"


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that is fit to be stored, and which kinds of secret were taken out of it."""

    text: str
    kinds: frozenset[str]


def mask(text: str) -> Masked:
    """Return the text with every secret replaced by dots; of a card its last four digits stay."""
    kinds: set[str] = set()
    # Character by character, so that full-width digits are found while all positions stay as they were.
    plain = "".join(_narrow(character) for character in text)
    spans: list[tuple[int, int, str]] = []
    for kind, start, end, shown in _found(plain):
        kinds.add(kind)
        spans.append((start, end, MASK * 4 + shown))
    return Masked(_replace(text, spans), frozenset(kinds))


def _narrow(character: str) -> str:
    narrow = unicodedata.normalize("NFKC", character)
    return narrow if len(narrow) == 1 else character


def _found(plain: str) -> list[tuple[str, int, int, str]]:
    found: list[tuple[str, int, int, str]] = []
    for match in _IDENTITY.finditer(plain):
        if _identity_checks(match[0]):
            found.append(("identity", match.start(), match.end(), match[0][-2:]))
    for match in _CARD.finditer(plain):
        digits = re.sub(r"[^0-9]", "", match[0])
        if luhn(digits) and len(set(digits)) > 1:
            found.append(("card", match.start(), match.end(), digits[-4:]))
    for match in _SPOKEN_SECRET.finditer(plain):
        found.append(("secret", match.start("secret"), match.end("secret"), ""))
    return found


def _replace(text: str, spans: list[tuple[int, int, str]]) -> str:
    parts: list[str] = []
    at = 0
    for start, end, shown in sorted(spans):
        if start < at:
            continue
        parts += [text[at:start], shown]
        at = end
    return "".join((*parts, text[at:]))


def luhn(digits: str) -> bool:
    """Say whether a digit string ends in its Luhn check digit (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        digit = int(character)
        total += digit if place % 2 == 0 else (digit * 2 - 9 if digit > 4 else digit * 2)
    return total % 10 == 0


def _identity_checks(number: str) -> bool:
    total = sum(w * int(d) for w, d in zip(_IDENTITY_WEIGHTS, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def mask_phone(phone: str) -> str:
    """Show the first three and last four digits of a phone number: `138••••0021`."""
    return phone[:3] + MASK * 4 + phone[-4:] if len(phone) >= 8 else MASK * len(phone)


def mask_name(name: str) -> str:
    """Show the first character of a Chinese name, the first word of another: `王•`, `Anna •`."""
    head = name.split(" ", maxsplit=1)[0] + " " if " " in name else name[:1]
    return head + MASK


def mask_tail(number: str) -> str:
    """Show the last four characters of an account or card number."""
    return MASK * 4 + number[-4:]
