"""How often one person may do what at the chat's doors; in the memory of each process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from walletdesk.channels.web.model import TooManyPolls
from walletdesk.desk.conversations.model import TooFast
from walletdesk.kit.limits import Buckets, TooMany

MESSAGES: Final = 20
MESSAGES_SECONDS: Final = 10.0
POLLS_EACH: Final = 4
POLLS_MAX: Final = 2_000


class Limits:
    """The allowances of one process; a bench may set `messages` higher for its own process."""

    def __init__(self, *, messages: int = MESSAGES) -> None:
        self._messages = Buckets(burst=messages, per_seconds=MESSAGES_SECONDS)
        self._opens = Buckets(burst=60, per_seconds=60)
        self._marks = Buckets(burst=40, per_seconds=10)
        self._uploads = Buckets(burst=20, per_seconds=300)
        self._visitors = Buckets(burst=300, per_seconds=60)
        self._polls: Counter[UUID] = Counter()
        self._polls_all = 0

    def message(self, person: UUID) -> None:
        """Let somebody say something.

        Raises:
            TooFast
        """
        try:
            self._messages.take(str(person))
        except TooMany as refusal:
            raise TooFast(retry_after_seconds=refusal.retry_after_seconds) from None

    def opening(self, person: UUID) -> None:
        """Let somebody open or resume a conversation."""
        self._opens.take(str(person))

    def mark(self, person: UUID) -> bool:
        """Say whether a mark (read, typing) of somebody is still taken; they may be lost."""
        try:
            self._marks.take(str(person))
        except TooMany:
            return False
        return True

    def upload(self, person: UUID) -> None:
        """Let somebody upload a photo."""
        self._uploads.take(str(person))

    def visitor(self, address: str) -> None:
        """Let a visitor enter from an address."""
        self._visitors.take(address)

    @contextmanager
    def polling(self, person: UUID) -> Generator[None]:
        """Let somebody wait for news.

        Raises:
            TooManyPolls
        """
        if self._polls[person] >= POLLS_EACH or self._polls_all >= POLLS_MAX:
            raise TooManyPolls(retry_after_seconds=2.0)
        self._polls[person] += 1
        self._polls_all += 1
        try:
            yield
        finally:
            self._polls_all -= 1
            self._polls[person] -= 1
            if not self._polls[person]:
                del self._polls[person]
