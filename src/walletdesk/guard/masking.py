"""Masking of secrets before anything is stored, and of what people may see only in part.

`mask` runs at the door of everything that people write. What it finds and how stands in `numbers` (cards, identity
numbers) and `spoken` (codes, passwords, keys). Masking twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from walletdesk.guard.numbers import MASK, Span, find_numbers, luhn, narrow
from walletdesk.guard.spoken import find_spoken, names_secret

__all__ = ["MASK", "Masked", "luhn", "mask", "mask_email", "mask_name", "mask_phone", "mask_tail", "may_hold_secret"]


_WIDE: Final = re.compile("[\uff21-\uff5a]")
"""Letters of full width."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that is fit to be stored, and which kinds of secret were taken out of it."""

    text: str
    kinds: frozenset[str]


def may_hold_secret(text: str) -> bool:
    """Say, quickly, whether a text has to be looked at: most messages have neither digit nor such a word."""
    return any(map(str.isnumeric, text)) or names_secret(narrow(text) if _WIDE.search(text) else text)


def mask(text: str) -> Masked:
    """Return the text with every secret replaced by dots; of a card its last four digits stay.

    Of an identity number its last two characters stay, of codes, passwords and keys nothing.
    """
    plain = narrow(text)
    spans = _joined([*find_numbers(plain), *find_spoken(plain)])
    if not spans:
        return Masked(text, frozenset())
    parts: list[str] = []
    at = 0
    for span in spans:
        parts += [text[at : span.start], MASK * 4, span.shown]
        at = span.end
    return Masked("".join((*parts, text[at:])), frozenset(span.kind for span in spans))


def _joined(found: Iterable[Span]) -> list[Span]:
    """Put what overlaps together; where a code or password has a part in it, nothing of it stays."""
    spans: list[Span] = []
    for span in sorted(found, key=lambda one: (one.start, -one.end)):
        if not spans or span.start >= spans[-1].end:
            spans.append(span)
            continue
        last = spans[-1]
        secret = "secret" in (last.kind, span.kind)
        longer = span if span.end - span.start > last.end - last.start else last
        kind, shown = ("secret", "") if secret else (longer.kind, longer.shown if longer.end >= last.end else "")
        spans[-1] = Span(kind, last.start, max(last.end, span.end), shown)
    return spans


def mask_phone(phone: str) -> str:
    """Show the first three and last four digits of a phone number: `138••••0021`."""
    return phone[:3] + MASK * 4 + phone[-4:] if len(phone) >= 8 else MASK * len(phone)


def mask_name(name: str) -> str:
    """Show the first character of a Chinese name, the first word of another: `王•`, `Anna •`."""
    head = name.split(" ", maxsplit=1)[0] + " " if " " in name else name[:1]
    return head + MASK


def mask_tail(number: str) -> str:
    """Show the last four characters of an account or card number; of a short one nothing."""
    return MASK * 4 + (number[-4:] if len(number) >= 8 else "")


def mask_email(address: str) -> str:
    """Show the first character and the domain of an e-mail address: `a••••@example.org`."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}{MASK * 4}{at}{domain}" if name and at else MASK * 4
