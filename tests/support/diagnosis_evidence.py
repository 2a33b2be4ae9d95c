"""Builders of evidence: a payment or transfer that went well, and what to change of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from walletdesk.diagnosis.model import Situation
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.money import Money
from walletdesk.wallet.gateway.model import (
    AccountView,
    Evidence,
    Incident,
    LedgerState,
    Limit,
    NoticeState,
    OrderState,
    PartyState,
    RailState,
    Reason,
    Restriction,
    ReviewState,
    Seen,
    Source,
    TimelineEvent,
    Transaction,
    TransactionKind,
    TransactionState,
)

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)  # a Monday, 20:00 in Shanghai
MADE = NOW - timedelta(minutes=10)
CUSTOMER = CustomerId(UUID("0192a000-0000-7000-8000-000000000001"))
TRANSACTION = UUID("0192a000-0000-7000-8000-0000000000aa")
AMOUNT = Money(28_00, "CNY")


def yuan(amount: float) -> Money:
    return Money(round(amount * 100), "CNY")


def seen(
    value: Any, source: Source = Source.WALLET, record: str | None = None, at: datetime | None = MADE
) -> Seen[Any]:
    """A value with a record that can be told apart from all others."""
    name = getattr(value, "value", value)
    return Seen(value, record or f"{source.value}/{name}", source, at)


def transaction(**changes: Any) -> Transaction:
    base = Transaction(
        id=TRANSACTION,
        customer_id=CUSTOMER,
        kind=TransactionKind.PAYMENT,
        name="街角咖啡",
        amount=AMOUNT,
        outgoing=True,
        state=TransactionState.SUCCEEDED,
        shown=TransactionState.SUCCEEDED,
        order_no="K-7741",
        rail="netunion",
        rail_ref="R-5519",
        created_at=MADE,
        updated_at=MADE,
        record="payment/1",
    )
    return replace(base, **changes)


STEP = TimelineEvent("hold/1", MADE, Source.LEDGER, "held", True, {"amount": "¥28.00"})


def paid(tx: dict[str, Any] | None = None, **changes: Any) -> Evidence:
    """A payment over a rail that succeeded, with a merchant who was told and has it in his order."""
    base = Evidence(
        transaction=transaction(**(tx or {})),
        as_of=NOW,
        received=seen(True),
        ledger=seen(LedgerState.POSTED, Source.LEDGER),
        rail_state=seen(RailState.SUCCEEDED, Source.RAIL_QUERY),
        notice=seen(NoticeState.DELIVERED),
        notice_attempts=1,
        order=seen(OrderState.PAID, Source.MERCHANT),
        settled=seen(False, Source.SETTLEMENT_FILE),
        payee_is_intended=seen(True),
        merchant=seen(PartyState.OPEN),
        receipt_no=seen("S20260105-8841", record="payment/1"),
        rail_available=seen(True),
        timeline=(STEP,),
    )
    return replace(base, **changes)


def declined(reason: Reason | None, tx: dict[str, Any] | None = None, **changes: Any) -> Evidence:
    """A payment that was declined before anything moved; without a rail unless one is named."""
    fields = {"state": TransactionState.FAILED, "shown": TransactionState.FAILED, "rail": None, "rail_ref": None}
    base = paid(
        {**fields, **(tx or {})},
        ledger=seen(LedgerState.NONE, Source.LEDGER),
        reason=seen(reason) if reason else Seen(),
        notice=seen(NoticeState.NONE),
        notice_attempts=0,
        order=Seen(),
        receipt_no=Seen(),
    )
    rail = base.transaction.rail
    state = seen(RailState.FAILED, Source.RAIL_QUERY) if rail else Seen()
    return replace(replace(base, rail_state=state), **changes)


def on_the_rail(ledger: LedgerState | None, rail: RailState | None, **changes: Any) -> Evidence:
    """A payment over a rail whose two legs stand as given; the rail was asked."""
    terminal = {RailState.SUCCEEDED: TransactionState.SUCCEEDED, RailState.FAILED: TransactionState.FAILED}
    state = terminal.get(rail, TransactionState.PENDING) if rail else TransactionState.PENDING
    return paid(
        {"state": state, "shown": TransactionState.FAILED, **changes.pop("tx", {})},
        ledger=Seen() if ledger is None else seen(ledger, Source.LEDGER),
        rail_state=Seen() if rail is None else seen(rail, Source.RAIL_QUERY),
        receipt_no=Seen(),
        **changes,
    )


def sent(tx: dict[str, Any] | None = None, **changes: Any) -> Evidence:
    """A transfer to another bank that has been sent and is not overdue."""
    fields = {
        "kind": TransactionKind.TRANSFER,
        "name": "李*",
        "amount": Money(500_00, "CNY"),
        "state": TransactionState.PENDING,
        "shown": TransactionState.PENDING,
        "order_no": None,
        "record": "transfer/1",
    }
    base = Evidence(
        transaction=transaction(**{**fields, **(tx or {})}),
        as_of=NOW,
        received=seen(True),
        ledger=seen(LedgerState.POSTED, Source.LEDGER),
        rail_state=seen(RailState.ACCEPTED, Source.RAIL_QUERY),
        payee=seen(PartyState.OPEN),
        review=seen(ReviewState.NONE),
        sent=seen(MADE),
        due_by=seen(NOW + timedelta(hours=2), record="rule/instant"),
        bank_name="招商银行",
        rail_available=seen(True),
        timeline=(STEP,),
    )
    return replace(base, **changes)


def not_sent_out(reason: Reason | None, tx: dict[str, Any] | None = None, **changes: Any) -> Evidence:
    """A transfer that was declined; our books have closed it and nothing is held."""
    base = sent(
        {"state": TransactionState.FAILED, "shown": TransactionState.FAILED, **(tx or {})},
        ledger=seen(LedgerState.VOIDED, Source.LEDGER),
        rail_state=seen(RailState.FAILED, Source.RAIL_QUERY),
        reason=seen(reason) if reason else Seen(),
        sent=Seen(),
    )
    return replace(base, **changes)


def surroundings(
    *,
    available: float = 1_000.0,
    limits: tuple[Limit, ...] = (),
    restrictions: tuple[Restriction, ...] = (),
    incidents: tuple[Incident, ...] = (),
    **changes: Any,
) -> Situation:
    account = AccountView(
        "wallet", "CNY", yuan(available), Money(0, "CNY"), yuan(available), "account/7", NOW
    )
    return replace(
        Situation(accounts=(account,), limits=limits, restrictions=restrictions, incidents=incidents), **changes
    )


def limit(kind: str, allowed: float, used: float, resets_at: datetime | None = NOW + timedelta(hours=4)) -> Limit:
    return Limit(f"limit/{kind}", kind, yuan(allowed), yuan(used), resets_at)


def restriction(kind: str, *, until: datetime | None = None, since: datetime = MADE - timedelta(days=1)) -> Restriction:
    return Restriction(f"restriction/{kind}", kind, True, False, since, until)


def incident(scope: str, *, expected_end: datetime | None = None, opened_at: datetime = MADE) -> Incident:
    texts = {"zh": "网联通道延迟,预计三小时内恢复。", "en": "The netunion rail is slow, about three hours."}
    return Incident("incident/3", scope, texts, opened_at, expected_end)
