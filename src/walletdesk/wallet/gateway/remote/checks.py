"""Refuses answers that contradict the question or themselves, before anybody relies on them.

The desk cannot know whether a wallet tells the truth; it can know when it does not: another customer's transaction,
an account whose lines do not add up, a known value without a record, news of tomorrow.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final, cast
from uuid import UUID

from walletdesk.wallet.gateway.contract import shapes
from walletdesk.wallet.gateway.contract.endpoints import PAGE_MAX, Endpoint
from walletdesk.wallet.gateway.remote.line import AnswerInvalid

AHEAD_MAX: Final = timedelta(minutes=5)
"""How far a wallet's clock may be ahead of ours."""

_log = logging.getLogger(__name__)


class Checker:
    """Checks the answers of one address; every failure is an `AnswerInvalid` with its reason."""

    def __init__(self, endpoint: Endpoint, now: datetime) -> None:
        self._endpoint = endpoint
        self._latest = now + AHEAD_MAX

    def must(self, holds: bool, reason: str) -> None:  # noqa: FBT001 - reads as a sentence
        """Refuse the answer unless something holds.

        Raises:
            AnswerInvalid
        """
        if not holds:
            _log.warning("wallet contradicts itself", extra={"endpoint": self._endpoint.name, "reason": reason})
            raise AnswerInvalid(endpoint=self._endpoint.name, reason=reason)

    def past(self, *moments: datetime | None) -> None:
        """Refuse what is said to have happened after now."""
        self.must(all(one is None or one <= self._latest for one in moments), "a time lies in the future")

    def accounts(self, found: Sequence[shapes.Account]) -> None:
        """Check balances: one currency each, no two of one name."""
        for one in found:
            same = {one.currency, one.posted.currency, one.held.currency, one.available.currency}
            self.must(len(same) == 1, "an account with several currencies")
            self.must(int(one.held.minor) >= 0, "less than nothing is held")
            self.past(one.as_of)
        self.must(len({one.id for one in found}) == len(found), "the same account twice")

    def entries(self, found: Sequence[shapes.Entry], *, before_seq: int | None, limit: int) -> None:
        """Check lines: newest first, before the place asked for, each balance following from the next line's."""
        self.must(len(found) <= limit, "more lines than were asked for")
        last = before_seq
        for one in found:
            self.must(last is None or one.seq < last, "lines out of order")
            self.must(one.amount.currency == one.balance_after.currency, "a line with two currencies")
            self.past(one.at)
            last = one.seq
        for newer, older in pairwise(found):
            if newer.seq == older.seq + 1:
                before = int(newer.balance_after.minor) - int(newer.amount.minor)
                self.must(before == int(older.balance_after.minor), "balances do not follow from the lines")

    def transactions(self, found: Sequence[shapes.Transaction], customer_id: UUID, *, limit: int) -> None:
        """Check a list: this customer's, newest first, none twice."""
        self.must(len(found) <= limit, "more transactions than were asked for")
        for one in found:
            self.transaction(one, customer_id)
        keys = [(one.created_at, one.id) for one in found]
        self.must(keys == sorted(set(keys), reverse=True), "transactions out of order")

    def transaction(self, one: shapes.Transaction, customer_id: UUID) -> None:
        """Check that a transaction is this customer's and of a positive amount."""
        self.must(one.customer_id == customer_id, "another customer's transaction")
        self.must(int(one.amount.minor) > 0, "an amount that is not positive")
        self.past(one.created_at, one.updated_at)

    def evidence(self, found: shapes.Evidence, customer_id: UUID, transaction_id: UUID) -> None:
        """Check that it is about the question, that what is known names its record, and that steps are in order."""
        self.transaction(found.transaction, customer_id)
        self.must(found.transaction.id == transaction_id, "another transaction")
        self.past(found.as_of)
        for name in found.__struct_fields__:
            fact: Any = getattr(found, name)
            if isinstance(fact, shapes.Fact):
                value = cast("object", fact.value)  # pyright: ignore[reportUnknownMemberType]
                self.must(value is None or fact.record is not None, f"{name} is known without a record")
                self.past(fact.at)
        self.past(found.sent.value, found.credited.value, found.returned.value)
        self.must(min(found.notice_attempts, 0) == 0, "a negative number of notices")
        times = [step.at for step in found.timeline]
        self.must(times == sorted(times), "steps out of order")

    def events(self, found: Sequence[shapes.Event], after: str | None, *, limit: int) -> None:
        """Check news: each once, none of them the one that was read last."""
        cursors = [one.cursor for one in found]
        self.must(len(found) <= min(limit, PAGE_MAX), "more news than were asked for")
        self.must(len(set(cursors)) == len(cursors), "the same news twice")
        self.must(after not in cursors, "news that were read before")
