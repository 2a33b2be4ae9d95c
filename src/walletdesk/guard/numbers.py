"""Card numbers and Chinese identity numbers in free text.

A card number is found by its issuer's prefix and length and its Luhn check digit (ISO/IEC 7812-1), an identity
number by region, birthday and check character (GB 11643-1999, ISO 7064 MOD 11-2). Digits may be of any script,
full-width, or Chinese, and may be set apart by almost anything. Order numbers look alike, so a number counts only as
a whole group of digits or as several that are grouped as on a card.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

MASK: Final = "•"
_HAN_DIGITS: Final = dict(
    zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两貳參陸", "0012345678912345678912236", strict=True)
)
_RUN: Final = re.compile(r"[0-9](?:[^0-9A-Za-z\u4e00-\u9fff•]{0,3}[0-9]){12,127}")
_GROUP: Final = re.compile(r"[0-9]+")
_CARD_WORDS: Final = re.compile(
    r"卡|账号|帐号|银联|card|visa|master|maestro|debit|credit|account|acct|\bpan\b", re.IGNORECASE
)
_ORDER_WORDS: Final = re.compile(
    r"(?:订单|订单编|流水|交易|商户单|运单|快递单|物流单|发票|编|单|凭证|申请|参考)号?码?\s*(?:是|为)?\s*[::#]?\s*$|"
    r"(?:order|transaction|txn|reference|ref|invoice|tracking|trace|payment|case|ticket|serial)"
    r"(?:\s*(?:no|number|num|id|code))?\.?\s*(?:is)?\s*[:#=]?\s*$",
    re.IGNORECASE,
)
_LEADS: Final = frozenset(
    {
        "card", "no", "number", "num", "visa", "mastercard", "maestro", "amex", "unionpay", "jcb", "pan", "mc", "acct",
        "account", "cardno", "id", "idno", "idcard",
    }
)  # fmt: skip
_IDENTITY: Final = re.compile(r"[1-9](?:[ \-._·]{0,2}[0-9]){16}[ \-._·]{0,2}[0-9Xx](?![0-9A-Za-z])")
_OLD_IDENTITY: Final = re.compile(r"(?<![0-9A-Za-z•])[1-9][0-9]{14}(?![0-9A-Za-z])")
_IDENTITY_WORDS: Final = re.compile(r"身份证|身份號|证件号|公民身份|identity|id card|id number|\bid no", re.IGNORECASE)
_IDENTITY_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_REGIONS: Final = frozenset(
    {
        "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43",
        "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83", "91",
    }
)  # fmt: skip
LOOK_BACK: Final = 24
"""So many characters before a number are read for what it is called."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that must not be stored, and what of it may stay."""

    kind: str
    start: int
    end: int
    shown: str = ""


def narrow(text: str) -> str:
    """Write every character in its plain width and every digit as 0-9; positions stay as they were."""
    return "".join(map(_narrow, text))


@lru_cache(maxsize=8192)
def _narrow(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def with_han_digits(plain: str) -> str:
    """Write Chinese digits as 0-9 as well; positions stay as they were."""
    return "".join(_HAN_DIGITS.get(character, character) for character in plain)


def find_numbers(plain: str) -> Iterator[Span]:
    """Find card and identity numbers in a text that was narrowed."""
    yield from _cards(plain)
    yield from _identities(plain)
    spoken = with_han_digits(plain)
    if spoken != plain:
        # Only where the digits are Chinese throughout: beside others "一" is the article.
        for span in (*_cards(spoken), *_identities(spoken)):
            if all(not plain[at].isascii() or not plain[at].isdigit() for at in range(span.start, span.end)):
                yield span


# --- cards -----------------------------------------------------------------------------------------------


def luhn(digits: str) -> bool:
    """Say whether a digit string ends in its Luhn check digit (ISO/IEC 7812-1, annex B)."""
    return (sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2].translate(_DOUBLED)))) % 10 == 0


_DOUBLED: Final = str.maketrans("0123456789", "0246813579")
"""The digit sum of each digit's double."""


_SCHEMES: Final[tuple[tuple[str, frozenset[int]], ...]] = (
    (r"4", frozenset({16})),  # Visa
    (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", frozenset({16})),  # Mastercard
    (r"3[47]", frozenset({15})),  # American Express
    (r"62|9558", frozenset({16, 17, 18, 19})),  # UnionPay, and the old debit cards of ICBC
    (r"35(?:2[89]|[3-8])|6011|64[4-9]|65", frozenset({16})),  # JCB, Discover
    (r"30[0-5]|36|3[89]", frozenset({14})),  # Diners
)
_RARER: Final = (
    (r"4", frozenset({13, 19})),
    (r"5[06-8]|6[0367-9]", frozenset({13, 14, 15, 16, 17, 18, 19})),  # Maestro, RuPay, banks' own
    (r"220[0-4]|81|82|9792|35|6011|64|65|3[0689]", frozenset({16, 17, 18, 19})),  # Mir, RuPay, Troy, long ones
)


@cache
def _patterns(*, rarer: bool) -> tuple[tuple[re.Pattern[str], frozenset[int]], ...]:
    return tuple((re.compile(prefix), lengths) for prefix, lengths in (_RARER if rarer else _SCHEMES))


def _issued(digits: str, *, rarer: bool) -> bool:
    return any(len(digits) in lengths and pattern.match(digits) for pattern, lengths in _patterns(rarer=rarer))


def _cards(plain: str) -> Iterator[Span]:
    for run in _RUN.finditer(plain):
        groups = [(run.start() + g.start(), run.start() + g.end()) for g in _GROUP.finditer(run[0])]
        # What follows the last group directly belongs to it.
        taken = 0
        for first in range(len(groups)):
            if groups[first][0] < taken or not _begins(plain, groups[first][0]):
                continue
            found = _longest(plain, groups, first)
            if found is not None:
                taken = found.end
                yield found


def _begins(plain: str, start: int) -> bool:
    """Say whether a number may begin here: behind a letter only where the letters are its name."""
    before = plain[start - 1] if start else " "
    if before in "+•" or (before.isdigit() and before.isascii()):
        return False
    if not (before.isascii() and before.isalpha()):
        return True
    word = re.search(r"[A-Za-z]+$", plain[max(0, start - LOOK_BACK) : start])
    return word is not None and word[0].lower() in _LEADS


def _longest(plain: str, groups: list[tuple[int, int]], first: int) -> Span | None:
    """Return the longest card that begins with a group."""
    best: Span | None = None
    digits = ""
    for last in range(first, len(groups)):
        start, end = groups[last]
        digits += plain[start:end]
        if len(digits) > 19:
            break
        whole = first == 0 and last == len(groups) - 1
        sizes = [b - a for a, b in groups[first : last + 1]]
        if len(digits) >= 13 and _is_card(plain, groups[first][0], digits, sizes, whole=whole):
            best = Span("card", groups[first][0], end, digits[-4:])
    return best


def _is_card(plain: str, start: int, digits: str, sizes: list[int], *, whole: bool) -> bool:
    if not luhn(digits) or len(set(digits)) == 1:
        return False
    before = plain[max(0, start - LOOK_BACK) : start]
    called = _CARD_WORDS.search(before) is not None
    if len(sizes) == 1:
        if _ORDER_WORDS.search(before):
            return False
        return called or _issued(digits, rarer=False)
    if _as_on_cards(sizes):
        return called or _issued(digits, rarer=False) or _issued(digits, rarer=True)
    return whole and (called or _issued(digits, rarer=False))


def _as_on_cards(sizes: list[int]) -> bool:
    """Say whether digits are grouped as people write cards: in fours, in equal parts, as on Amex and Diners."""
    if len(set(sizes[:-1])) == 1 and 0 < sizes[-1] <= sizes[0]:
        return True
    return sizes in ([4, 6, 5], [4, 6, 4], [6, 13], [6, 10], [6, 9], [4, 12], [4, 4, 8], [8, 4, 4])


# --- identity numbers ---------------------------------------------------------------------------------------


def _identities(plain: str) -> Iterator[Span]:
    at = 0
    while (match := _IDENTITY.search(plain, at)) is not None:
        number = re.sub(r"[^0-9Xx]", "", match[0])
        if _begins(plain, match.start()) and identity_checks(number):
            yield Span("identity", match.start(), match.end(), number[-2:])
            at = match.end()
        else:
            at = match.start() + 1
    for match in _OLD_IDENTITY.finditer(plain):
        before = plain[max(0, match.start() - LOOK_BACK) : match.start()]
        born = f"19{match[0][6:12]}"
        if _IDENTITY_WORDS.search(before) and match[0][:2] in _REGIONS and _is_day(born):
            yield Span("identity", match.start(), match.end(), match[0][-2:])


def identity_checks(number: str) -> bool:
    """Say whether 18 characters are a Chinese identity number: region, birthday, check character."""
    if number[:2] not in _REGIONS or not _is_day(number[6:14]):
        return False
    total = sum(w * int(d) for w, d in zip(_IDENTITY_WEIGHTS, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def _is_day(text: str) -> bool:
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
    return 1850 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
