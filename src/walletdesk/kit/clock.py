"""The time, asked for in one place.

Between two looks at the database's clock the time runs with this process's monotonic clock, so that a wall
clock that is set back or forward moves no deadline at once (`ops.md` section 6: "clock -2 h / +1 d").
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

MAX_SLEW_SECONDS: Final = 5.0
"""A larger difference to the database's clock is reported, not followed, until the process starts again."""

Source = Callable[[], datetime]


class SteadyClock:
    """Time anchored once and carried on by the monotonic clock."""

    def __init__(self, anchor: datetime | None = None) -> None:
        self._anchor = anchor or datetime.now(UTC)  # noqa: TID251
        self._started = time.monotonic()

    def __call__(self) -> datetime:
        """Return the present moment."""
        return self._anchor + timedelta(seconds=time.monotonic() - self._started)

    def follow(self, database_time: datetime) -> float:
        """Move to the database's time if it is near; return the difference in seconds either way."""
        difference = (database_time - self()).total_seconds()
        if abs(difference) <= MAX_SLEW_SECONDS:
            self._anchor += timedelta(seconds=difference)
        return difference

    def anchor_at(self, database_time: datetime) -> None:
        """Take over the database's time as it is; only at the start of a process."""
        self._anchor = database_time
        self._started = time.monotonic()


class VirtualClock:
    """Time that stands still until it is moved; for tests and for the simulated world."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def __call__(self) -> datetime:
        """Return the moment at which this clock stands."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new moment."""
        self._now += by
        return self._now

    def set(self, moment: datetime) -> None:
        """Stand at another moment."""
        self._now = moment


steady: Final = SteadyClock()
_source: Source = steady


def now() -> datetime:
    """Return the present moment in UTC; only doors call this, actions are told the time."""
    return _source()


def set_source(source: Source) -> None:
    """Take the time from `source` from now on."""
    global _source  # noqa: PLW0603 - the one place where the process's clock is chosen
    _source = source


@contextmanager
def using(source: Source) -> Generator[None]:
    """Take the time from `source` inside a block."""
    before = _source
    set_source(source)
    try:
        yield
    finally:
        set_source(before)
