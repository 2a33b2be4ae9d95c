"""What a customer lets fall about a transaction: amounts, days and hours, order numbers, names.

Found by rules, in both languages. Nothing found here is ever shown to anybody: it only chooses among the
customer's own transactions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from walletdesk.bot.dialogue.numerals import ARABIC, HAN, read

JUST_NOW: Final = timedelta(hours=3)
AROUND: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Mention:
    """What was said about a transaction; `loose` are bare numbers, which count only where they fit exactly."""

    text: str = ""
    amounts: frozenset[Decimal] = frozenset()
    loose: frozenset[Decimal] = frozenset()
    orders: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def clear(self) -> bool:
        """Say whether there is something that names a transaction by itself."""
        return bool(self.amounts or self.orders or self.since)


_MARK: Final = r"(?:¥|￥|\$|€|£|rmb|cny|usd|eur|gbp)"
_UNIT: Final = r"(?:元|块钱|块|圆|rmb|cny|yuan|kuai|dollars?|bucks|euros?|pounds?|usd|eur|gbp)"
_TENTH: Final = rf"(?:(?<=块)([0-9]|[一二两三四五六七八九])(?![0-9]|{HAN}|\s*{_UNIT}|[月日号点笔次个]))?"
"""The five of 二十八块五."""
_BEFORE: Final = re.compile(rf"{_MARK}\s*({ARABIC}\s*万?)", re.IGNORECASE)
_AFTER: Final = re.compile(
    rf"({ARABIC}\s*万?|{HAN}+)\s*{_UNIT}{_TENTH}", re.IGNORECASE
)
_BARE: Final = re.compile(rf"(?<![0-9A-Za-z.:/-])({ARABIC}|{HAN}{{2,}})(?![0-9A-Za-z:/-]|\.[0-9])")
_NOT_MONEY: Final = re.compile(
    r"\s*(?:点|时|號|号|月|日|年|天|小时|分钟|分|秒|笔|次|个|位|days?|hours?|minutes?|times|am|pm|%)", re.IGNORECASE
)
_ORDER: Final = re.compile(r"(?<![0-9A-Za-z])(?=[A-Za-z-]*[0-9])[0-9A-Za-z][0-9A-Za-z-]{5,39}(?![0-9A-Za-z])")


def find(text: str, *, now: datetime, zone: str) -> Mention:
    """Read what a text says about a transaction; days are those of the customer's zone."""
    plain = unicodedata.normalize("NFKC", text).lower()
    amounts, rest = _amounts(plain)
    span = _span(rest, now.astimezone(ZoneInfo(zone)))
    loose = {
        found
        for match in _BARE.finditer(rest)
        if not _NOT_MONEY.match(rest, match.end()) and (found := read(match[1])) is not None and found > 0
    }
    orders = tuple(m[0].replace("-", "") for m in _ORDER.finditer(rest) if sum(c.isdigit() for c in m[0]) >= 4)
    since, until = span or (None, None)
    return Mention(plain, frozenset(amounts), frozenset(loose), orders, since, until)


def _amounts(plain: str) -> tuple[set[Decimal], str]:
    """Return the amounts that carry a unit, and the text without them."""
    found: set[Decimal] = set()

    def take(match: re.Match[str]) -> str:
        value = read(match[1].replace(" ", ""))
        if value is None:
            return match[0]
        if match.re is _AFTER and match[2]:
            value += (read(match[2]) or Decimal(0)) / 10
        found.add(value)
        return " "

    return found, _AFTER.sub(take, _BEFORE.sub(take, plain))


# --- times ---------------------------------------------------------------------------------------------

Span = tuple[datetime, datetime]
_PARTS: Final[tuple[tuple[re.Pattern[str], int, int], ...]] = (
    (re.compile(r"凌晨|半夜|after midnight"), 0, 6),
    (re.compile(r"早上|今早|清早|上午|早晨|morning"), 5, 12),
    (re.compile(r"中午|noon|lunch"), 11, 14),
    (re.compile(r"下午|afternoon"), 12, 18),
    (re.compile(r"晚上|今晚|昨晚|傍晚|夜里|evening|tonight|last night"), 17, 24),
)
_CLOCK: Final = re.compile(
    r"(?<![0-9])([01]?[0-9]|2[0-3])(?:\s*[:点時时]\s*(?:([0-5][0-9])|(半))?)?\s*(am|pm)?(?![0-9])"
)
_HAN_CLOCK: Final = re.compile(r"(十[一二]?|[一二两三四五六七八九])点(半)?")
_DAYS: Final[tuple[tuple[re.Pattern[str], int], ...]] = (
    (re.compile(r"大前天"), 3),
    (re.compile(r"前天|前晚|day before yesterday"), 2),
    (re.compile(r"昨天|昨日|昨晚|昨夜|yesterday|last night"), 1),
    (re.compile(r"今天|今日|今早|今晚|今儿|today|tonight|this (?:morning|afternoon|evening)"), 0),
)
_NOW: Final = re.compile(r"刚刚|刚才|方才|just now|a (?:minute|moment) ago|few minutes ago|moments ago")
_AGO: Final = re.compile(
    r"([0-9]+|[一二两三四五六七八九十半]+)\s*个?(天|小时|钟头|days?|hours?)\s*(?:前|以前|之前|ago)"
)
_WEEKDAY: Final = re.compile(
    r"(?:周|星期|礼拜)([一二三四五六日天])|\b(mon|tues|wednes|thurs|fri|satur|sun)day\b"
)
_NAMES: Final = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_DATE_ZH: Final = re.compile(r"(?:([0-9]{1,2})\s*月\s*)?([0-9]{1,2})\s*[日号號]")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = "|".join(_MONTHS)
_DATE_EN: Final = re.compile(
    rf"\b(?:({_MONTH})[a-z]*\.?\s+([0-9]{{1,2}})|([0-9]{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})[a-z]*)\b"
)


def _span(plain: str, local: datetime) -> Span | None:
    """Return the stretch of time that a text speaks of."""
    if _NOW.search(plain):
        return local - JUST_NOW, local
    day = next((found for look in _DAY_RULES if (found := look(plain, local)) is not None), None)
    part = next(((start, end) for pattern, start, end in _PARTS if pattern.search(plain)), None)
    if (ago := _hours_ago(plain, local)) is not None:
        return ago
    if day is None and part is None:
        return None
    start_hour, end_hour = part or (0, 24)
    midnight = datetime.combine(day or local.date(), time(0), tzinfo=local.tzinfo)
    clock = _clock(plain, start_hour, end_hour) if part or _has_clock(plain) else None
    if clock is not None:
        moment = midnight + clock
        return moment - AROUND, moment + AROUND
    return midnight + timedelta(hours=start_hour), midnight + timedelta(hours=end_hour)


def _has_clock(plain: str) -> bool:
    return re.search(r"[0-9]\s*(?::|点|时|am|pm)|[一二两三四五六七八九十]点", plain) is not None


def _clock(plain: str, start_hour: int, end_hour: int) -> timedelta | None:
    """Return the hour that is named; in the afternoon and evening three is fifteen."""
    hour, minute, half, suffix = None, 0, False, ""
    if (han := _HAN_CLOCK.search(plain)) is not None:
        found = read(han[1])
        hour, half = (int(found) if found is not None else None), bool(han[2])
    else:
        for match in _CLOCK.finditer(plain):
            if re.search(r"[:点時时]|am|pm", match[0]):
                hour, minute, half = int(match[1]), int(match[2] or 0), bool(match[3])
                suffix = match[4] or ""
                break
    if hour is None:
        return None
    later = suffix == "pm" or (not suffix and start_hour >= 11 and end_hour > 12)
    if later and hour < 12:
        hour += 12
    return timedelta(hours=hour, minutes=30 if half else minute)


def _hours_ago(plain: str, local: datetime) -> Span | None:
    match = _AGO.search(plain)
    if match is None or match[2].startswith(("天", "day")):
        return None
    if match[1] == "半":
        return local - timedelta(hours=1), local
    count = read(match[1])
    if count is None or count > 72:
        return None
    moment = local - timedelta(hours=int(count))
    return moment - timedelta(hours=1), moment + timedelta(hours=1)


def _named_day(plain: str, local: datetime) -> date | None:
    for pattern, back in _DAYS:
        if pattern.search(plain):
            return local.date() - timedelta(days=back)
    return None


def _days_ago(plain: str, local: datetime) -> date | None:
    match = _AGO.search(plain)
    if match is None or not match[2].startswith(("天", "day")):
        return None
    count = read(match[1])
    return None if count is None or count > 366 else local.date() - timedelta(days=int(count))


def _weekday(plain: str, local: datetime) -> date | None:
    match = _WEEKDAY.search(plain)
    if match is None:
        return None
    wanted = "一二三四五六日".find(match[1].replace("天", "日")) if match[1] else _NAMES.index(match[2])
    back = (local.weekday() - wanted) % 7
    return local.date() - timedelta(days=back)


def _dated(plain: str, local: datetime) -> date | None:
    if (zh := _DATE_ZH.search(plain)) is not None:
        return _past(int(zh[1]) if zh[1] else None, int(zh[2]), local)
    if (en := _DATE_EN.search(plain)) is not None:
        month = _MONTHS.index(en[1] or en[4]) + 1
        return _past(month, int(en[2] or en[3]), local)
    return None


def _past(month: int | None, day: int, local: datetime) -> date | None:
    """Return the last such day that is not in the future."""
    today = local.date()
    for back in range(13):
        year, index = divmod(today.year * 12 + today.month - 1 - back, 12)
        if month is not None and index + 1 != month:
            continue
        try:
            found = date(year, index + 1, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None


_DayRule = Callable[[str, datetime], date | None]
_DAY_RULES: Final[tuple[_DayRule, ...]] = (_dated, _named_day, _days_ago, _weekday)
