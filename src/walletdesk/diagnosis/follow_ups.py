"""When a finding that is not the last word is looked at again (`wallet.md` section 3, protocol step 6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

RAIL_SECONDS: Final = (10, 10, 10, 10, 60, 300, 1_800)
"""After each of these the rail itself is asked; then once more when the promise falls due."""

QUIET_SECONDS: Final = (60, 300, 1_800)
"""After each of these our own books are read; no bank is bothered."""

AFTERWARDS_SECONDS: Final = 1_800
"""How often our own books are read when the ladder is over: news of the rail are told the same half hour."""

LOOK_AT_MOST: Final = timedelta(days=7)
"""How long after its promise a finding is followed up; the agent who has it by then goes on."""

WITH_A_PERSON: Final = frozenset({"late", "unread"})
"""Variants that a person has already, or that promise no time: they have no deadline of their own."""


def next_look(step: int, *, asks_rail: bool, now: datetime, deadline: datetime | None) -> datetime:
    """Return when to look after `step` looks: by the ladder, but not past a deadline that is still to come."""
    ladder = RAIL_SECONDS if asks_rail else QUIET_SECONDS
    seconds = ladder[step] if step < len(ladder) else AFTERWARDS_SECONDS
    at = now + timedelta(seconds=seconds)
    return deadline if deadline is not None and now < deadline < at else at


def asks_the_rail(step: int, *, asks_rail: bool, now: datetime, deadline: datetime | None) -> bool:
    """Say whether this look asks the rail itself."""
    due = deadline is not None and deadline <= now
    return due or (asks_rail and step < len(RAIL_SECONDS))
