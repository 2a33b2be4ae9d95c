"""By when something is promised: rules as data, and the moment they give in a zone.

Business days are Monday to Friday; the holidays of a country are not known here, so a promise over a holiday
is kept early or is renewed by the follow-up, never forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

NOON: Final = time(12, 0)
DAY_END: Final = time(23, 59)
_FRIDAY: Final = 4


class From(StrEnum):
    """What a promise is counted from."""

    NOW = "now"
    CREATED = "created"
    """The moment at which the customer started the transaction."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A rule such as "T+1 12:00": whole days (or business days) ahead and the time of that day, or a span."""

    days: int = 0
    business_days: int = 0
    at: time | None = None
    span: timedelta | None = None
    counted_from: From = From.NOW


IN_FIVE_MINUTES: Final = Promise(span=timedelta(minutes=5))
SAME_DAY: Final = Promise(at=DAY_END)
T1_NOON: Final = Promise(days=1, at=NOON, counted_from=From.CREATED)
NEXT_NOON: Final = Promise(days=1, at=NOON)
T2: Final = Promise(days=2, at=DAY_END)
ONE_BUSINESS_DAY: Final = Promise(business_days=1, at=DAY_END)
THREE_BUSINESS_DAYS: Final = Promise(business_days=3, at=DAY_END)
A_DAY_AFTER: Final = Promise(span=timedelta(hours=24), counted_from=From.CREATED)


@cache
def zone_of(name: str) -> ZoneInfo:
    """Return a zone by its IANA name."""
    return ZoneInfo(name)


def due(promise: Promise, *, now: datetime, created: datetime | None, zone: str) -> datetime:
    """Return the moment a promise names; what is counted from an unknown start is counted from now."""
    start = created if promise.counted_from is From.CREATED and created is not None else now
    if promise.span is not None:
        return start + promise.span
    local = start.astimezone(zone_of(zone))
    day = local.date() + timedelta(days=promise.days)
    left = promise.business_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() <= _FRIDAY
    moment = datetime.combine(day, promise.at or DAY_END, tzinfo=zone_of(zone))
    return moment.astimezone(now.tzinfo)
