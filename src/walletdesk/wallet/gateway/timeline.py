"""What happened to a transaction, in the order in which it happened; each step names the row that proves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from walletdesk.kit.money import Money
from walletdesk.wallet.gateway.facts import Facts, MoveFacts
from walletdesk.wallet.gateway.model import Source, TimelineEvent

_RAIL_OK: Final = {
    "accepted": None, "succeeded": True, "failed": False, "returned": False, "bank_debited": None, "missing": False,
}  # fmt: skip
_SHOP_OK: Final = {"open": False, "paid": True, "closed_before_payment": False}
_MOVED: Final = {
    "capture": "captured", "transfer": "moved", "top_up": "credited", "reversal": "reversed", "refund": "refunded",
    "returned": "returned",
}  # fmt: skip


def timeline_of(facts: Facts) -> tuple[TimelineEvent, ...]:
    """Return all steps, oldest first; those of one moment in the order in which they follow from each other."""
    steps = [
        *_of_wallet(facts),
        *_of_ledger(facts),
        *_of_rail(facts),
        *_of_shop(facts),
        *_end(facts),
    ]
    return tuple(sorted(steps, key=lambda step: step.at))


def _of_wallet(facts: Facts) -> Iterator[TimelineEvent]:
    amount = {"amount": Money(facts.amount_minor, facts.currency).text()}
    yield TimelineEvent(facts.record, facts.created_at, Source.WALLET, "created", ok=True, values=amount)
    if facts.received_at is None:
        yield TimelineEvent(facts.record, facts.created_at, Source.WALLET, "not_received", ok=False)
    if facts.review in ("risk", "scheduled"):
        kind = "held_for_check" if facts.review == "risk" else "scheduled"
        yield TimelineEvent(facts.record, facts.created_at, Source.WALLET, kind, None)


def _of_ledger(facts: Facts) -> Iterator[TimelineEvent]:
    for hold in facts.holds:
        amount = {"amount": Money(hold.amount, facts.currency).text()}
        record = f"hold/{hold.id}"
        yield TimelineEvent(record, hold.placed_at, Source.LEDGER, "held", ok=True, values=amount)
        if hold.state in ("voided", "expired") and hold.resolved_at is not None:
            yield TimelineEvent(record, hold.resolved_at, Source.LEDGER, "released", ok=True, values=amount)
    for move in facts.moves:
        yield TimelineEvent(
            move.record, move.at, Source.LEDGER, _kind_of(facts, move), ok=True,
            values={"amount": Money(move.minor, facts.currency).text()},
        )  # fmt: skip


def _kind_of(facts: Facts, move: MoveFacts) -> str:
    kind = _MOVED.get(move.kind, "moved")
    if kind == "captured" and facts.source == "card":
        return "captured_card"
    if kind == "moved" and not facts.outgoing:
        return "credited"
    return "sent_out" if kind == "captured" and facts.kind != "payment" else kind


def _of_rail(facts: Facts) -> Iterator[TimelineEvent]:
    if facts.order is not None and facts.order.sent_at is not None:
        yield TimelineEvent(f"rail_order/{facts.id}", facts.order.sent_at, Source.WALLET, "sent", None)
    for event in facts.rail_events:
        source = Source.RAIL_WEBHOOK if event.source == "webhook" else Source.RAIL_QUERY
        kind = f"rail_{event.kind}" if event.kind != "bank_debited" else event.kind
        values = {"code": event.code} if event.code else {}
        if not values and event.kind != "missing":
            kind += "_uncoded"
        yield TimelineEvent(f"rail_event/{event.id}", event.at, source, kind, _RAIL_OK[event.kind], values)


def _of_shop(facts: Facts) -> Iterator[TimelineEvent]:
    for notice in facts.notices:
        values: dict[str, str] = {"n": str(notice.n)}
        kind = "notice_delivered" if notice.delivered else "notice_failed"
        if notice.http_status is None:
            kind = "notice_silent"
        else:
            values["status"] = str(notice.http_status)
        yield TimelineEvent(f"notice/{notice.id}", notice.at, Source.WALLET, kind, notice.delivered, values)
    last: str | None = None
    for answer in facts.answers:
        # The same answer again is no news.
        if answer.state is not None and answer.state != last:
            yield TimelineEvent(
                f"shop_answer/{answer.id}", answer.at, Source.MERCHANT, f"order_{answer.state}", _SHOP_OK[answer.state]
            )
            last = answer.state
    if facts.settlement_id is not None and facts.settled_at is not None:
        record = f"settlement/{facts.settlement_id}"
        yield TimelineEvent(record, facts.settled_at, Source.LEDGER, "settled", ok=True)


def _end(facts: Facts) -> Iterator[TimelineEvent]:
    """Say what we ourselves decided, where no rail said it."""
    if facts.state == "cancelled":
        yield TimelineEvent(facts.record, facts.updated_at, Source.WALLET, "cancelled", None)
    elif facts.state == "failed" and (facts.order is None or facts.order.answered_by == "wallet"):
        yield TimelineEvent(facts.record, facts.updated_at, Source.WALLET, "declined", ok=False)
