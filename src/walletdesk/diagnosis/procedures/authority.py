"""Whom to believe when two sources disagree (`wallet.md` section 3, protocol step 4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from walletdesk.diagnosis.promises import T1_NOON, due
from walletdesk.wallet.gateway.model import Seen, Source

T = TypeVar("T")

_RANK: Final = {source: rank for rank, source in enumerate(Source)}
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def rank(source: Source, *, created: datetime, now: datetime, zone: str) -> float:
    """Return how much a source counts; smaller is stronger.

    The settlement file stands below the rail's own news until T+1 noon, and from then on right below the ledger.
    """
    if source is Source.SETTLEMENT_FILE and now >= due(T1_NOON, now=now, created=created, zone=zone):
        return _RANK[Source.LEDGER] + 0.5
    return _RANK[source]


def strongest(readings: Sequence[Seen[T]], *, created: datetime, now: datetime, zone: str) -> Seen[T]:
    """Return the reading that counts: known before unknown, then the stronger source, then the newer word."""
    known = [reading for reading in readings if reading.value is not None]
    if not known:
        return readings[0] if readings else Seen()
    # Stable: the newest first, then by rank, so that of equal sources the newest remains in front.
    known.sort(key=lambda reading: reading.at or _LONG_AGO, reverse=True)
    known.sort(key=lambda reading: rank(reading.source, created=created, now=now, zone=zone))
    return known[0]


def disagree(readings: Sequence[Seen[T]]) -> bool:
    """Say whether two sources that know contradict each other."""
    return len({reading.value for reading in readings if reading.value is not None}) > 1
