"""Numbers as people write them: digits of any width, separators, and Chinese numerals (二十八块五, 一千二, 1.2万)."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

_DIGITS: Final = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
_UNITS: Final = {"十": 10, "百": 100, "千": 1_000}
_BIG: Final = {"万": 10_000, "亿": 100_000_000}
HAN: Final = "[零〇一二两三四五六七八九十百千万亿]"
ARABIC: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"


def read(text: str) -> Decimal | None:
    """Return the number that a text is, or None: `1,234.5`, `1.2万`, `二十八`, `一千二`."""
    plain = text.replace(",", "").strip()
    scale = 1
    if re.search(r"[0-9]", plain):
        if plain[-1:] in _BIG:
            scale, plain = _BIG[plain[-1]], plain[:-1]
        try:
            return Decimal(plain) * scale
        except InvalidOperation:
            return None
    return _han(plain)


def _han(text: str) -> Decimal | None:
    """Read Chinese numerals; a digit that ends the text after a unit counts its tenth (一千二 is 1200)."""
    if not text or re.fullmatch(f"{HAN}+", text) is None:
        return None
    if all(c in _DIGITS for c in text):
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    total, section, digit, last_unit, zero = 0, 0, 0, 1, False
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
            zero = zero or digit == 0
        elif character in _UNITS:
            last_unit = _UNITS[character]
            section += (digit or 1) * last_unit
            digit, zero = 0, False
        else:
            last_unit = _BIG[character]
            total += (section + digit) * last_unit
            section, digit, zero = 0, 0, False
    if digit and not zero and last_unit > 10:
        digit *= last_unit // 10
    return Decimal(total + section + digit)
