"""A circuit breaker: after several failures in a row nobody waits for an address until a single try succeeds.

As described in M. Nygard, "Release It!", with the half-open state limited to one caller.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

FAILURES_MAX: Final = 5
OPEN_SECONDS: Final = 10.0


class Breaker:
    """Guards one address in one process."""

    def __init__(
        self,
        *,
        failures_max: int = FAILURES_MAX,
        open_seconds: float = OPEN_SECONDS,
        time_source: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures_max = failures_max
        self._open_seconds = open_seconds
        self._time = time_source
        self._failures = 0
        self._opened_at: float | None = None
        self._trying = False

    def wait_seconds(self) -> float | None:
        """Return how long not to ask; None lets the caller through, who must then report how it went."""
        if self._opened_at is None:
            return None
        left = self._opened_at + self._open_seconds - self._time()
        if left > 0:
            return left
        if self._trying:
            return 1.0
        self._trying = True
        return None

    def succeeded(self) -> None:
        """Note that the address answers."""
        self._failures = 0
        self._opened_at = None
        self._trying = False

    def failed(self) -> None:
        """Note that it does not; the last of several in a row opens the breaker."""
        self._failures += 1
        self._trying = False
        if self._failures >= self._failures_max:
            self._opened_at = self._time()

    def gave_up(self) -> None:
        """Note that the caller did not wait for the end: that says nothing about the address."""
        self._trying = False
