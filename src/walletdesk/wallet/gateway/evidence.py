"""From rows to evidence: a pure function, so that the same rows always prove the same."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from walletdesk.guard.masking import mask_name
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.money import Money
from walletdesk.wallet.gateway.facts import Facts, MoveFacts, OrderFacts
from walletdesk.wallet.gateway.model import (
    ArrivalMode,
    Evidence,
    LedgerState,
    NoticeState,
    OrderState,
    PartyState,
    RailState,
    Reason,
    ReviewState,
    Seen,
    Source,
    Transaction,
    TransactionKind,
    TransactionState,
)
from walletdesk.wallet.gateway.timeline import timeline_of

SOURCE_OF: Final = {"answer": Source.RAIL_QUERY, "query": Source.RAIL_QUERY, "webhook": Source.RAIL_WEBHOOK}
_MERCHANT: Final = {"open": PartyState.OPEN, "frozen": PartyState.FROZEN, "closed": PartyState.BLOCKED}
_BANK_SAYS: Final = {
    "account_invalid": PartyState.NOT_FOUND,
    "name_mismatch": PartyState.NAME_MISMATCH,
    "account_closed": PartyState.BLOCKED,
    "account_blocked": PartyState.BLOCKED,
}
_OPEN_ORDER: Final = frozenset({"waiting", "sent", "missing", "accepted"})


def transaction_of(facts: Facts) -> Transaction:
    """Return the transaction as the customer knows it."""
    return Transaction(
        id=facts.id,
        customer_id=CustomerId(facts.customer_id),
        kind=TransactionKind(facts.kind),
        name=mask_name(facts.name) if facts.person else facts.name,
        amount=Money(facts.amount_minor, facts.currency),
        outgoing=facts.outgoing,
        state=TransactionState(facts.state),
        shown=TransactionState(facts.shown),
        order_no=facts.order_no,
        rail=facts.order.rail if facts.order else None,
        rail_ref=facts.order.rail_ref if facts.order else None,
        created_at=facts.created_at,
        updated_at=facts.updated_at,
        record=facts.record,
    )


def evidence_of(facts: Facts, now: datetime) -> Evidence:
    """Return all that the rows prove; what no row says stays unknown."""
    order, hold = facts.order, facts.holds[-1] if facts.holds else None
    return Evidence(
        transaction=transaction_of(facts),
        as_of=now,
        received=_received(facts),
        ledger=_ledger(facts),
        hold_id=hold.id if hold else None,
        rail_state=_rail(facts),
        reason=_reason(facts),
        rail_code=_code(facts),
        bank_debited=_bank_debited(facts),
        notice=_notice(facts),
        notice_attempts=len(facts.notices),
        notice_http_status=facts.notices[-1].http_status if facts.notices else None,
        order=_shop_order(facts),
        settled=_settled(facts),
        payee_is_intended=_intended(facts),
        payee=_payee(facts),
        merchant=_merchant(facts),
        review=_review(facts),
        scheduled_at=facts.release_at if facts.review == "scheduled" else None,
        arrival_mode=ArrivalMode(facts.mode) if facts.mode else None,
        sent=_sent(facts, order),
        due_by=_due_by(facts),
        credited=_credited(facts),
        returned=_returned(facts),
        receipt_no=_receipt(facts),
        bank_name=facts.bank,
        rail_available=_rail_available(facts),
        timeline=timeline_of(facts),
    )


def _received(facts: Facts) -> Seen[bool]:
    at = facts.received_at or facts.created_at
    return Seen(facts.received_at is not None, facts.record, Source.WALLET, at)


def _ledger(facts: Facts) -> Seen[LedgerState]:
    """Say what the customer's money did, by the newest line or hold that speaks of it."""
    own = [move for move in facts.moves if move.seq is not None]
    back = next((m for m in reversed(own) if m.reverses is not None and (m.signed or 0) > 0), None)
    if back is not None:
        return Seen(LedgerState.RETURNED, back.record, Source.LEDGER, back.at)
    if own:
        return Seen(LedgerState.POSTED, own[-1].record, Source.LEDGER, own[-1].at)
    if facts.holds:
        hold = facts.holds[-1]
        state = LedgerState.HELD if hold.state == "pending" else LedgerState.VOIDED
        return Seen(state, f"hold/{hold.id}", Source.LEDGER, hold.resolved_at or hold.placed_at)
    return Seen(LedgerState.NONE, facts.record, Source.LEDGER, facts.updated_at)


def _rail(facts: Facts) -> Seen[RailState]:
    """Say what the rail's leg did; None while nobody knows."""
    order = facts.order
    if order is None:
        return Seen(RailState.NONE, facts.record, Source.WALLET, facts.created_at)
    if order.state in _OPEN_ORDER:
        return _rail_open(facts, order)
    if order.answered_by == "wallet":
        # The rail never took it, so there is nothing it could have done.
        return Seen(RailState.NONE, _order_record(facts), Source.WALLET, order.ended_at)
    if order.state == "succeeded" and order.conflict and order.answered_by == "webhook":
        return Seen(None, _order_record(facts), Source.RAIL_WEBHOOK, order.ended_at)
    said = facts.said(order.state, order.answered_by) or facts.said(order.state)
    if said is None:
        missing = facts.said("missing")
        record = f"rail_event/{missing.id}" if missing else _order_record(facts)
        return Seen(RailState.NONE, record, Source.RAIL_QUERY, order.ended_at)
    return Seen(RailState(order.state), f"rail_event/{said.id}", SOURCE_OF[said.source], said.at)


def _rail_open(facts: Facts, order: OrderFacts) -> Seen[RailState]:
    for kind in ("returned", "failed"):
        news = facts.said(kind, "webhook")
        if news is not None:
            return Seen(RailState(kind), f"rail_event/{news.id}", Source.RAIL_WEBHOOK, news.at)
    if order.state == "waiting":
        return Seen(RailState.NONE, _order_record(facts), Source.WALLET, order.created_at)
    said = facts.said(order.state)
    if said is None or order.state == "sent":
        return Seen(None, _order_record(facts), Source.RAIL_QUERY, order.sent_at)
    state = RailState.NONE if order.state == "missing" else RailState.ACCEPTED
    return Seen(state, f"rail_event/{said.id}", SOURCE_OF[said.source], said.at)


def _order_record(facts: Facts) -> str:
    return f"rail_order/{facts.id}"


def _reason(facts: Facts) -> Seen[Reason]:
    order = facts.order
    bad_end = facts.state in ("failed", "returned") or (order is not None and order.state in ("failed", "returned"))
    if not bad_end:
        return Seen()
    by_rail = order is not None and order.reason is not None and order.answered_by != "wallet"
    word = order.reason if by_rail and order is not None else facts.reason
    if word is None:
        return Seen()
    said = facts.said(order.state) if by_rail and order is not None else None
    if said is not None:
        return Seen(Reason(word), f"rail_event/{said.id}", SOURCE_OF[said.source], said.at)
    source = Source.LEDGER if word == "funds" else Source.WALLET
    return Seen(Reason(word), facts.record, source, facts.updated_at)


def _code(facts: Facts) -> str | None:
    """Return the rail's own word for how it ended, or its last word while it has not."""
    if facts.order is None:
        return None
    if facts.order.code:
        return facts.order.code
    return next((event.code for event in reversed(facts.rail_events) if event.code), None)


def _bank_debited(facts: Facts) -> Seen[bool]:
    said = facts.said("bank_debited")
    if said is None:
        return Seen()
    return Seen(value=True, record=f"rail_event/{said.id}", source=Source.RAIL_WEBHOOK, at=said.at)


def _notice(facts: Facts) -> Seen[NoticeState]:
    if facts.kind != "payment":
        return Seen()
    if not facts.notices:
        return Seen(NoticeState.NONE, facts.record, Source.WALLET, facts.updated_at)
    taken = [one for one in facts.notices if one.delivered]
    one = (taken or list(facts.notices))[-1]
    state = NoticeState.DELIVERED if taken else NoticeState.FAILED
    return Seen(state, f"notice/{one.id}", Source.WALLET, one.at)


def _shop_order(facts: Facts) -> Seen[OrderState]:
    """Say how the shop's order stands by its last word; silence after it makes it no less said."""
    known = [one for one in facts.answers if one.state is not None]
    if known:
        last = known[-1]
        return Seen(OrderState(str(last.state)), f"shop_answer/{last.id}", Source.MERCHANT, last.at)
    if facts.answers:
        return Seen(None, f"shop_answer/{facts.answers[-1].id}", Source.MERCHANT, facts.answers[-1].at)
    return Seen()


def _settled(facts: Facts) -> Seen[bool]:
    if facts.kind != "payment":
        return Seen()
    if facts.settlement_id is None:
        return Seen(value=False, record=facts.record, source=Source.LEDGER, at=facts.updated_at)
    record = f"settlement/{facts.settlement_id}"
    return Seen(value=True, record=record, source=Source.LEDGER, at=facts.settled_at)


def _intended(facts: Facts) -> Seen[bool]:
    if facts.intended is None:
        return Seen()
    return Seen(facts.intended, facts.record, Source.WALLET, facts.created_at)


def _payee(facts: Facts) -> Seen[PartyState]:
    if facts.kind != "transfer" or not facts.outgoing:
        return Seen()
    if facts.payee_state is not None:
        return Seen(PartyState(facts.payee_state), facts.record, Source.WALLET, facts.created_at)
    order = facts.order
    if order is None or order.state in _OPEN_ORDER:
        return Seen()
    said = facts.said(order.state)
    record = f"rail_event/{said.id}" if said else _order_record(facts)
    source, at = (SOURCE_OF[said.source], said.at) if said else (Source.WALLET, order.ended_at)
    if order.state == "succeeded":
        return Seen(PartyState.OPEN, record, source, at)
    state = _BANK_SAYS.get(order.reason or "")
    return Seen(state, record, source, at) if state else Seen()


def _merchant(facts: Facts) -> Seen[PartyState]:
    if facts.merchant_state is None:
        return Seen()
    state = _MERCHANT[facts.merchant_state]
    return Seen(state, f"merchant/{facts.merchant_id}", Source.WALLET, facts.merchant_state_at)


def _review(facts: Facts) -> Seen[ReviewState]:
    return Seen(ReviewState(facts.review or "none"), facts.record, Source.WALLET, facts.updated_at)


def _sent(facts: Facts, order: OrderFacts | None) -> Seen[datetime]:
    if order is None or order.sent_at is None or order.state == "waiting":
        return Seen()
    return Seen(order.sent_at, _order_record(facts), Source.WALLET, order.sent_at)


def _due_by(facts: Facts) -> Seen[datetime]:
    if facts.due_by is None:
        return Seen()
    return Seen(facts.due_by, f"rule/arrival/{facts.mode}", Source.WALLET, facts.created_at)


def _credited(facts: Facts) -> Seen[datetime]:
    """Say when the other side had the money, while nothing says that it came back."""
    if facts.kind == "payment" or facts.state != "succeeded":
        return Seen()
    order = facts.order
    if order is None or facts.kind == "top_up":
        move = _own_move(facts)
        return Seen(move.at, move.record, Source.LEDGER, move.at) if move else Seen()
    said = facts.said("succeeded", order.answered_by) or facts.said("succeeded")
    if order.state != "succeeded" or order.conflict or said is None:
        return Seen()
    return Seen(said.at, f"rail_event/{said.id}", SOURCE_OF[said.source], said.at)


def _own_move(facts: Facts) -> MoveFacts | None:
    return next((move for move in facts.moves if move.seq is not None), None)


def _returned(facts: Facts) -> Seen[datetime]:
    order = facts.order
    if order is None or order.state != "returned":
        return Seen()
    said = facts.said("returned", order.answered_by) or facts.said("returned")
    if said is None:
        return Seen()
    return Seen(said.at, f"rail_event/{said.id}", SOURCE_OF[said.source], said.at)


def _receipt(facts: Facts) -> Seen[str]:
    if facts.receipt_no is None:
        return Seen()
    return Seen(facts.receipt_no, facts.record, Source.WALLET, facts.updated_at)


def _rail_available(facts: Facts) -> Seen[bool]:
    if facts.incident is not None:
        found = facts.incident
        return Seen(value=False, record=f"incident/{found.id}", source=Source.WALLET, at=found.opened_at)
    if facts.contact is not None:
        contact = facts.contact
        return Seen(contact.ok, f"rail_contact/{contact.rail}", Source.RAIL_QUERY, contact.at)
    return Seen()


def parse_account(account_id: str) -> int | None:
    """Read the id of an account as the desk carries it; None where it can be none."""
    return int(account_id) if account_id.isdecimal() and len(account_id) <= 18 else None


def account_record(account_id: int, seq: int) -> str:
    """Name the row that proves a balance: the newest line, or the account that has none."""
    return f"entry/{account_id}/{seq}" if seq else f"account/{account_id}"


def transaction_record(kind: str, transaction_id: UUID) -> str:
    """Name the row of a transaction."""
    return f"{'payment' if kind == 'payment' else 'transfer'}/{transaction_id}"
