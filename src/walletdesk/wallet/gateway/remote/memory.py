"""The last answers of a wallet, kept for a minute: shown, marked as old, while the wallet does not answer."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

STALE_MAX: Final = timedelta(seconds=60)
OWNERS_MAX: Final = 10_000
QUESTIONS_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer and when it was given."""

    value: Any
    at: datetime


class Memory:
    """Remembers, for the customers asked about last, the last answer to each of a few questions."""

    def __init__(self, owners_max: int = OWNERS_MAX) -> None:
        self._kept: OrderedDict[UUID | None, dict[object, Kept]] = OrderedDict()
        self._owners_max = owners_max

    def keep(self, owner: UUID | None, question: object, value: Any, now: datetime) -> None:
        """Keep an answer in place of an older one; `owner` is the customer it is about, if it is about one."""
        answers = self._kept.setdefault(owner, {})
        answers.pop(question, None)
        answers[question] = Kept(value, now)
        if len(answers) > QUESTIONS_MAX:
            del answers[next(iter(answers))]
        self._kept.move_to_end(owner)
        if len(self._kept) > self._owners_max:
            self._kept.popitem(last=False)

    def find(self, owner: UUID | None, question: object, now: datetime) -> Kept | None:
        """Return an answer that is not too old."""
        kept = self._kept.get(owner, {}).get(question)
        return kept if kept is not None and now - kept.at <= STALE_MAX else None

    def forget(self, owner: UUID) -> None:
        """Forget what was said of a customer: something has changed."""
        self._kept.pop(owner, None)
