"""Admission: how often somebody may do something, kept in the memory of one process.

A token bucket for each key. What must hold over all processes (one-use tokens, idempotency) is never here but
in the database; this only keeps one client from crowding out the others.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import ClassVar

from walletdesk.kit.refusal import Kind, Refusal


class TooMany(Refusal):
    """Too much in too short a time; the same may be sent again after `retry_after_seconds`."""

    kind: ClassVar[Kind] = Kind.TOO_MANY
    code: ClassVar[str] = "kit.too_many"


class Buckets:
    """Token buckets: `burst` at once, refilled evenly over `per_seconds`; at most `keys_max` are remembered."""

    def __init__(
        self,
        *,
        burst: int,
        per_seconds: float,
        keys_max: int = 100_000,
        time_source: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst = float(burst)
        self._rate = burst / per_seconds
        self._keys_max = keys_max
        self._time = time_source
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, amount: float = 1.0) -> None:
        """Use up a part of a key's allowance.

        Raises:
            TooMany: It is used up; `retry_after_seconds` says when there is some again.
        """
        now = self._time()
        level, then = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - then) * self._rate)
        if level < amount:
            self._levels[key] = (level, now)
            raise TooMany(retry_after_seconds=round((amount - level) / self._rate, 1))
        self._levels[key] = (level - amount, now)
        if len(self._levels) > self._keys_max:
            self._levels.popitem(last=False)
