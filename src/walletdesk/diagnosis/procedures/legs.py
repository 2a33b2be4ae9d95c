"""The two legs of a movement, ours and the rail's: what is proved of each, and where the money is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from walletdesk.diagnosis.model import MoneyAt
from walletdesk.diagnosis.procedures.authority import disagree, rank, strongest
from walletdesk.wallet.gateway.model import (
    Evidence,
    LedgerState,
    RailState,
    Reason,
    Seen,
    Source,
    Transaction,
    TransactionKind,
    TransactionState,
)

OPEN: Final = frozenset({TransactionState.CREATED, TransactionState.PENDING})
PAYMENTS: Final = frozenset({TransactionKind.PAYMENT, TransactionKind.BILL})
_BACK: Final = frozenset({LedgerState.VOIDED, LedgerState.RETURNED})
_NEEDS_PROOF: Final = frozenset({RailState.FAILED, RailState.RETURNED})


@dataclass(frozen=True, slots=True)
class RailReading:
    """What counts of the rail's leg: the proved state (or None), the reading behind it, and whether all agree."""

    state: RailState | None
    seen: Seen[RailState]
    disagree: bool


def rail(evidence: Evidence, *, now: datetime, zone: str) -> RailReading:
    """Weigh everything that says how the rail's leg ended."""
    tx = evidence.transaction
    readings = _readings(evidence)
    seen = strongest(readings, created=tx.created_at, now=now, zone=zone)
    # A return after a success is no contradiction; the weaker source may only be later.
    ends = [r for r in readings if r.value not in (None, RailState.ACCEPTED, RailState.RETURNED)]
    state = seen.value
    if state in _NEEDS_PROOF and not _proved(evidence, seen, now=now, zone=zone):
        state = None
    return RailReading(state, seen, disagree(ends))


def _readings(evidence: Evidence) -> list[Seen[RailState]]:
    tx, own = evidence.transaction, evidence.rail_state
    if own.value is None and tx.rail is None:
        # Nothing ever left for a rail: this leg does not exist, and that is known.
        own = Seen(RailState.NONE, tx.record, Source.WALLET, tx.updated_at)
    if own.value is RailState.FAILED and evidence.reason.value is Reason.UNKNOWN:
        own = replace(own, value=None)
    found = [own]
    for seen, state in (
        (evidence.credited, RailState.SUCCEEDED),
        (evidence.returned, RailState.RETURNED),
    ):
        if seen.value is not None:
            found.append(Seen(state, seen.record, seen.source, seen.at or seen.value))
    if evidence.settled.value:
        settled = evidence.settled
        found.append(Seen(RailState.SUCCEEDED, settled.record, settled.source, settled.at))
    # A balance payment has no rail: that our own ledger credited the other side is no news of a rail.
    return _newest(found) if tx.rail is not None else found[:1]


def _newest(readings: list[Seen[RailState]]) -> list[Seen[RailState]]:
    """Leave out "accepted" and an older "no record" where somebody knows an end: they were true before it."""
    ends = [r for r in readings if r.value not in (None, RailState.ACCEPTED, RailState.NONE)]
    last = max((r.at for r in ends if r.at is not None), default=None)
    if not ends:
        return readings
    nothing = [r for r in readings if r.value is RailState.NONE and last and r.at and r.at > last]
    return [*ends, *nothing]


def _proved(evidence: Evidence, seen: Seen[RailState], *, now: datetime, zone: str) -> bool:
    """Say whether a failure may be acted upon: the rail was asked, or our books have concluded it already."""
    tx = evidence.transaction
    asked = rank(Source.RAIL_QUERY, created=tx.created_at, now=now, zone=zone)
    if rank(seen.source, created=tx.created_at, now=now, zone=zone) <= asked:
        return True
    ledger = evidence.ledger.value
    return ledger in _BACK or (ledger is LedgerState.NONE and tx.state not in OPEN)


def failed(tx: Transaction, state: RailState | None) -> bool:
    """Say whether it is proved that the movement was not carried out."""
    if state is RailState.FAILED:
        return True
    closed = tx.state in (TransactionState.FAILED, TransactionState.CANCELLED)
    return state is RailState.NONE and closed


def money(evidence: Evidence, ledger: LedgerState | None, state: RailState | None) -> MoneyAt:
    """Say where the customer's money is, as far as it is proved."""
    settled: dict[LedgerState | None, MoneyAt] = {
        None: MoneyAt.UNKNOWN,
        LedgerState.HELD: MoneyAt.HELD,
        LedgerState.VOIDED: MoneyAt.RELEASED,
        LedgerState.RETURNED: MoneyAt.RETURNED,
    }
    if ledger in settled:
        return settled[ledger]
    if ledger is LedgerState.POSTED:
        return _posted(evidence.transaction, state)
    return _untouched(evidence, state)


def comes_in(tx: Transaction) -> bool:
    """Say whether the money is meant for this customer's own wallet."""
    return tx.kind is TransactionKind.TOP_UP or not tx.outgoing


def _posted(tx: Transaction, state: RailState | None) -> MoneyAt:
    if comes_in(tx):
        return MoneyAt.IN_WALLET
    in_house = state is RailState.NONE and tx.rail is None
    if state is RailState.SUCCEEDED or (in_house and tx.state is not TransactionState.FAILED):
        return MoneyAt.PAID
    return MoneyAt.UNDERWAY


def _untouched(evidence: Evidence, state: RailState | None) -> MoneyAt:
    """Our books hold nothing of it: then only the other leg can have moved."""
    tx = evidence.transaction
    if evidence.bank_debited.value:
        return MoneyAt.AT_BANK
    if state is RailState.SUCCEEDED:
        # Paid by card: the money never was in the wallet. A top-up that the bank has paid is still on its way.
        return MoneyAt.AT_BANK if comes_in(tx) else MoneyAt.PAID
    if state is RailState.FAILED or (state is RailState.NONE and tx.state not in OPEN):
        return MoneyAt.UNTOUCHED
    return MoneyAt.UNKNOWN
