"""Does it affect me? Answered from the reader's own ledger, through the port alone, never inside a transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from walletdesk.desk.helpcentre.notices import Announcement, Touch, may_touch, needs_evidence, touched
from walletdesk.kit.i18n import Lang
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.refusal import Refusal
from walletdesk.wallet.gateway.model import Evidence, Incident, Transaction, TransactionQuery, Wallet

BEFORE: Final = timedelta(days=3)
"""What was on its way when it began may have been sent so much earlier."""
LISTED_MAX: Final = 200
ASKED_MAX: Final = 10
"""Of so many transactions the evidence is asked for; of more the answer is that it is not known."""
SECONDS_MAX: Final = 5.0

_log = logging.getLogger(__name__)


class Touched(msgspec.Struct, frozen=True):
    """Whether an announcement touches a customer, and by which of his transactions; each names its record."""

    answer: Touch
    transactions: list[Transaction] = []
    as_of: datetime | None = None


async def touches(wallet: Wallet, customer_id: UUID, one: Announcement, *, now: datetime) -> Touched:
    """Look whether an announcement touches a customer's own money; a wallet that does not answer makes it unknown."""
    if now < one.starts_at:
        return Touched("planned", as_of=now)
    query = TransactionQuery(since=one.starts_at - BEFORE, until=one.ended_at, limit=LISTED_MAX)
    customer = CustomerId(customer_id)
    try:
        async with asyncio.timeout(SECONDS_MAX):
            rows = await wallet.transactions(customer, query)
            candidates = [row for row in rows if may_touch(one, row, now=now)]
            seen = await _evidence(wallet, customer, [row for row in candidates if needs_evidence(one, row)])
    except (TimeoutError, OSError, Refusal):
        _log.warning("wallet did not say whom an announcement touches", extra={"announcement": one.id})
        return Touched("unknown", as_of=now)
    found, unsure = touched(one, candidates, seen)
    if found:
        return Touched("yes", found, now)
    return Touched("unknown" if unsure or len(rows) == LISTED_MAX else "no", as_of=now)


async def _evidence(
    wallet: Wallet, customer: CustomerId, candidates: Sequence[Transaction]
) -> dict[UUID, Evidence | None]:
    asked = candidates[:ASKED_MAX]
    seen = await asyncio.gather(*(wallet.evidence(customer, one.id) for one in asked))
    return {one.id: evidence for one, evidence in zip(asked, seen, strict=True)}


async def wallet_incidents(wallet: Wallet) -> Sequence[Incident]:
    """Return what the wallet itself says is disturbed; nothing where it does not say so at once."""
    try:
        async with asyncio.timeout(1.0):
            return await wallet.incidents()
    except (TimeoutError, OSError, Refusal):
        return ()


def words_of(incident: Incident, lang: Lang) -> str | None:
    """Return what the wallet says of a disturbance, in the reader's language if it can."""
    other: Lang = "en" if lang == "zh" else "zh"
    return incident.texts.get(lang) or incident.texts.get(other)
