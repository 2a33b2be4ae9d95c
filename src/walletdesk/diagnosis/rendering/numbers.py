"""No reference, no number: how a reference is written, and the check that a text holds nothing else.

The check works on the finished text and trusts no template. Every way of writing a reference is taken out
first, whole and with nothing number-like beside it; what is left may hold no digit of any script, and no
number in words before a unit of money or time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, cast

from walletdesk.diagnosis.model import HOME_ZONE, NumberUnreferenced, Reference
from walletdesk.diagnosis.promises import zone_of
from walletdesk.kit.i18n import Lang
from walletdesk.kit.money import Money

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# What may not stand beside a reference, because the two together would read as another number.
_BEFORE: Final = r"(?<![\d$€£¥￥〇零一二两三四五六七八九十百千万亿])(?<!\d[.,:/])(?<![-−+][$€£¥￥])(?<!(?<!\w)[-−])"
_AFTER: Final = r"(?!\d|[.,:/]\d|\s?(?:%|％|‰|[百千万亿]|[kKmM]\b|million|thousand|hundred|billion))"
_NOT_A_COUNT: Final = (
    r"(?!\s?(?:元|块|角|分|点|时|小时|天|日|号|月|年|周|秒|yuan|rmb|cny|usd|"
    r"dollars?|hours?|minutes?|seconds?|days?|weeks?|months?|am\b|pm\b))"
)

_ZH_WORDS: Final = re.compile(
    r"[〇零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟半几数]+"
    r"\s?(?:元|块|角钱|分钱|万|亿|个?小时|分钟|秒|天|个?工作日|个?星期|周|个月|月|年|日|号|点|折|倍|成)"
)
_EN_WORDS: Final = re.compile(
    # Latin letters only: beside a Chinese character a word ends too.
    r"(?<![A-Za-z])(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|"
    r"million|dozen|half)(?![A-Za-z])[\s-]+(?:[a-z]+[\s-]+){0,2}?"
    r"(?:yuan|rmb|dollars?|euros?|pounds?|cents?|hours?|minutes?|seconds?|days?|weeks?|months?|years?|percent|o'clock)(?![A-Za-z])",
    re.IGNORECASE,
)
_GONE: Final = "\ufffc"


def written(reference: Reference, lang: Lang, zone: str, on: date) -> str:
    """Write a reference for people; a moment of the day `on` is its time alone."""
    value = reference.value
    if isinstance(value, Money):
        return value.text()
    if isinstance(value, datetime):
        clock, day, year = _moment(value, lang, zone)
        local = value.astimezone(zone_of(zone)).date()
        if local == on:
            return clock
        return f"{day} {clock}" if local.year == on.year else f"{year} {clock}"
    return str(value)


def _moment(value: datetime, lang: Lang, zone: str) -> tuple[str, str, str]:
    """Return time, day, and day with year."""
    local = value.astimezone(zone_of(zone))
    clock = f"{local:%H:%M}"
    if lang == "zh":
        day = f"{local.month}月{local.day}日"
        return clock, day, f"{local.year}年{day}"
    day = f"{local.day} {_MONTHS[local.month - 1]}"
    return clock, day, f"{day} {local.year}"


def _forms(reference: Reference, zone: str) -> list[str]:
    """Return every way in which a reference may stand in a text."""
    value = reference.value
    if isinstance(value, Money):
        return [value.text()]
    if not isinstance(value, datetime):
        return [str(value)]
    found: list[str] = []
    for lang in ("zh", "en"):
        clock, day, year = _moment(value, lang, zone)
        found += [f"{year} {clock}", f"{day} {clock}", clock]
    return found


def refuse_unreferenced(
    text: str,
    references: Mapping[str, Reference] | Iterable[Reference],
    *,
    zone: str = HOME_ZONE,
) -> str:
    """Return the text if every number, amount and time in it is a reference; `zone` is the reader's.

    Raises:
        NumberUnreferenced: It holds one that no record proves.
    """
    values = cast("Mapping[str, Reference]", references).values() if isinstance(references, Mapping) else references
    patterns: dict[str, str] = {}
    for reference in values:
        for form in _forms(reference, zone):
            # A name without a number needs no permission, and to take it out could hide a number beside it.
            if _has_number(form) or _in_words(form):
                patterns[form] = _pattern(form, counted=isinstance(reference.value, int))
    left = text
    for form in sorted(patterns, key=len, reverse=True):
        left = re.sub(patterns[form], _GONE, left)
    plain = unicodedata.normalize("NFKC", left)
    if (found := _in_words(plain)) is not None:
        raise NumberUnreferenced(found=found)
    if _has_number(left):
        raise NumberUnreferenced(found=_around(left))
    return text


def _pattern(form: str, *, counted: bool) -> str:
    body = re.escape(form)
    if _numeric(form[0]) or unicodedata.category(form[0]) == "Sc":
        body = _BEFORE + body
    if _numeric(form[-1]):
        body = body + _AFTER + (_NOT_A_COUNT if counted else "")
    return body


def _numeric(character: str) -> bool:
    # Chinese numerals are letters to Unicode ("一下" is no number); they are judged with their unit.
    return unicodedata.category(character)[0] == "N"


def _in_words(text: str) -> str | None:
    """Return an amount or a span of time that is written in words."""
    found = _ZH_WORDS.search(text) or _EN_WORDS.search(text)
    return found[0] if found else None


def _has_number(text: str) -> bool:
    return any(_numeric(character) for character in text)


def _around(text: str) -> str:
    first = next(i for i, character in enumerate(text) if _numeric(character))
    return text[max(0, first - 4) : first + 8].replace(_GONE, "…")
