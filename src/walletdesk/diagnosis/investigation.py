"""Reads what a procedure needs from the wallet, and lets the procedure decide.

The reads run at the same time and each has a limit; no transaction may be open around them, because behind the
port there may be a network. What cannot be read is unknown, never guessed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from walletdesk.diagnosis.model import HOME_ZONE, Finding, Situation, Symptom
from walletdesk.diagnosis.procedures import diagnose, needs_asking, wants_surroundings
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.wallet.gateway.model import Evidence, Remembered, Wallet

T = TypeVar("T")

READ_SECONDS_MAX: Final = 5.0
ASK_RAIL_SECONDS_MAX: Final = 2.0
"""How long a customer's answer may be kept for a rail that is asked because its news contradict our books."""

_AWAY: Final = frozenset({Kind.UNAVAILABLE, Kind.TOO_MANY})


class _Unread:
    """The wallet did not answer; told apart from "it has nothing"."""


_UNREAD: Final = _Unread()


async def _read(reading: Awaitable[T], seconds: float = READ_SECONDS_MAX) -> T | _Unread:
    try:
        async with asyncio.timeout(seconds):
            return await reading
    except Refusal as refusal:
        if refusal.kind not in _AWAY:
            raise
    except (TimeoutError, OSError):
        pass
    return _UNREAD


def _known(value: T | _Unread) -> T | None:
    """Return what the wallet says now; what it said a minute ago proves nothing."""
    return None if isinstance(value, _Unread | Remembered) else value


async def _evidence(
    wallet: Wallet, customer: CustomerId, transaction_id: UUID | None, *, refresh: bool
) -> Evidence | _Unread | None:
    if transaction_id is None:
        return None
    found = await _read(wallet.evidence(customer, transaction_id, refresh=refresh))
    if refresh and isinstance(found, _Unread):
        # A rail that keeps silent must not hide what our own books know.
        found = await _read(wallet.evidence(customer, transaction_id))
    return found


async def investigate(
    wallet: Wallet,
    customer_id: CustomerId | UUID,
    symptom: Symptom,
    transaction_id: UUID | None,
    *,
    now: datetime,
    refresh: bool = False,
    zone: str = HOME_ZONE,
) -> Finding:
    """Find out what is wrong with a customer's transaction.

    With `refresh` the rail is asked anew first. It is asked in any case, for a short time, where there is only
    news of a failure and money is still held or out. `zone` is the customer's, in which days end.
    """
    customer = CustomerId(customer_id)
    evidence, incidents, capabilities = await asyncio.gather(
        _evidence(wallet, customer, transaction_id, refresh=refresh),
        _read(wallet.incidents()),
        _read(wallet.capabilities()),
    )
    offered = _known(capabilities)
    situation = Situation(
        incidents=_known(incidents),
        commands=offered.commands if offered else frozenset(),
        zone=zone,
        readable=not isinstance(evidence, _Unread),
    )
    found = _known(evidence)
    if found is not None and not refresh:
        found = await _asked_if_needed(wallet, customer, found, now, zone)
    if wants_surroundings(symptom, found, now, zone):
        situation = await _with_surroundings(wallet, customer, situation)
    return diagnose(symptom, found, situation, now, transaction_id=transaction_id)


async def _asked_if_needed(
    wallet: Wallet, customer: CustomerId, evidence: Evidence, now: datetime, zone: str
) -> Evidence:
    if not needs_asking(evidence, now, zone):
        return evidence
    asked = _known(
        await _read(
            wallet.evidence(customer, evidence.transaction.id, refresh=True), ASK_RAIL_SECONDS_MAX
        )
    )
    return asked or evidence


async def _with_surroundings(wallet: Wallet, customer: CustomerId, situation: Situation) -> Situation:
    accounts, limits, restrictions = await asyncio.gather(
        _read(wallet.accounts(customer)),
        _read(wallet.limits(customer)),
        _read(wallet.restrictions(customer)),
    )
    return replace(
        situation, accounts=_known(accounts), limits=_known(limits), restrictions=_known(restrictions)
    )
