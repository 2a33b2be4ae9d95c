"""What is sent between desk and wallet: JSON objects with named fields, unknown as a legal value of every fact.

Field names are those of the port (`gateway.model`). A field that this version does not know is ignored by the
desk, so that a wallet may say more than it is asked. Docstrings and descriptions go into the published OpenAPI.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

from walletdesk.wallet.gateway.model import (
    ArrivalMode,
    LedgerState,
    NoticeState,
    OrderState,
    OutcomeState,
    PartyState,
    RailState,
    Reason,
    ReviewState,
    Source,
    TransactionKind,
    TransactionState,
)

T = TypeVar("T")

Minor = Annotated[
    str,
    Meta(
        pattern=r"^(0|-?[1-9][0-9]{0,18})$",
        description="Whole minor units as a string, so that no reader rounds it: 12.34 yuan is `1234`.",
    ),
]
Currency = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9]{2,9}$")]
Record = Annotated[
    str,
    Meta(min_length=1, max_length=200, description="Names the row it was read from, as proof: `entry/7/12`."),
]
At = Annotated[datetime, Meta(tz=True)]
Text = Annotated[str, Meta(max_length=500)]
Ref = Annotated[str, Meta(max_length=200)]


class Amount(msgspec.Struct, frozen=True):
    """Money: whole minor units and their currency."""

    minor: Minor
    currency: Currency


class Fact(msgspec.Struct, Generic[T], frozen=True):
    """One value with its evidence. `value: null` means that nobody knows (yet); it never means no.

    A known value must name its record.
    """

    value: T | None = None
    record: Record | None = None
    source: Source = Source.WALLET
    at: At | None = None


class Capabilities(msgspec.Struct, frozen=True):
    """What this wallet can do; a command that is not listed is never asked for."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    commands: list[str]
    currencies: list[Currency]


class Customer(msgspec.Struct, frozen=True):
    """A customer as the desk may show him; numbers arrive masked."""

    id: UUID
    name: Text
    phone_masked: Annotated[str, Meta(max_length=40)]
    tier: int
    locale: Annotated[str, Meta(max_length=35)]
    large_type: bool
    since: At


class Account(msgspec.Struct, frozen=True):
    """One account: posted balance, what is held, what can be spent."""

    id: Ref
    currency: Currency
    posted: Amount
    held: Amount
    available: Amount
    record: Record
    as_of: At


class Accounts(msgspec.Struct, frozen=True):
    """The customer's accounts."""

    accounts: Annotated[list[Account], Meta(max_length=200)]


class Entry(msgspec.Struct, frozen=True):
    """One line of an account's history; `amount` is signed, `balance_after` follows it."""

    record: Record
    seq: int
    amount: Amount
    balance_after: Amount
    transaction_id: UUID | None
    at: At


class Entries(msgspec.Struct, frozen=True):
    """Lines of one account, newest first."""

    entries: Annotated[list[Entry], Meta(max_length=200)]


class Transaction(msgspec.Struct, frozen=True):
    """What the customer calls "this payment" or "this transfer"; `shown` is what his app shows him."""

    id: UUID
    customer_id: UUID
    kind: TransactionKind
    name: Text
    amount: Amount
    outgoing: bool
    state: TransactionState
    shown: TransactionState
    created_at: At
    updated_at: At
    record: Record
    order_no: Ref | None = None
    rail: Ref | None = None
    rail_ref: Ref | None = None


class Transactions(msgspec.Struct, frozen=True):
    """A customer's transactions, newest first by (created_at, id)."""

    transactions: Annotated[list[Transaction], Meta(max_length=200)]


class Step(msgspec.Struct, frozen=True):
    """One thing that happened; `kind` is a word of the list in the guide, `values` fill its sentence."""

    record: Record
    at: At
    source: Source
    kind: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    ok: bool | None = None
    values: dict[str, Text] = {}


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """All that the wallet can prove about one transaction, read at one moment.

    A fact that makes no sense for the kind of transaction, or that the wallet does not keep, is left out.
    """

    transaction: Transaction
    as_of: At
    received: Fact[bool] = Fact()
    """Did the customer's request reach the wallet at all?"""
    ledger: Fact[LedgerState] = Fact()
    hold_id: UUID | None = None
    rail_state: Fact[RailState] = Fact()
    reason: Fact[Reason] = Fact()
    rail_code: Ref | None = None
    bank_debited: Fact[bool] = Fact()
    notice: Fact[NoticeState] = Fact()
    notice_attempts: int = 0
    notice_http_status: int | None = None
    order: Fact[OrderState] = Fact()
    settled: Fact[bool] = Fact()
    payee_is_intended: Fact[bool] = Fact()
    payee: Fact[PartyState] = Fact()
    merchant: Fact[PartyState] = Fact()
    review: Fact[ReviewState] = Fact()
    scheduled_at: At | None = None
    arrival_mode: ArrivalMode | None = None
    sent: Fact[At] = Fact()
    due_by: Fact[At] = Fact()
    credited: Fact[At] = Fact()
    returned: Fact[At] = Fact()
    receipt_no: Fact[Ref] = Fact()
    bank_name: Text | None = None
    rail_available: Fact[bool] = Fact()
    timeline: Annotated[list[Step], Meta(max_length=1000)] = []


class Restriction(msgspec.Struct, frozen=True):
    """Something that keeps a customer from paying or receiving; risk, judicial, kyc, user, pin or dormant."""

    record: Record
    kind: Ref
    blocks_debit: bool
    blocks_credit: bool
    since: At
    until: At | None = None


class Restrictions(msgspec.Struct, frozen=True):
    """What is in force now."""

    restrictions: Annotated[list[Restriction], Meta(max_length=200)]


class Limit(msgspec.Struct, frozen=True):
    """A limit of a period (single, day, month, year) and how much of it is used."""

    record: Record
    kind: Ref
    limit: Amount
    used: Amount
    resets_at: At | None = None


class Limits(msgspec.Struct, frozen=True):
    """The customer's limits."""

    limits: Annotated[list[Limit], Meta(max_length=200)]


class Incident(msgspec.Struct, frozen=True):
    """An announced disturbance of a rail (`rail:…`), a bank (`bank:…`) or the app; texts by language code."""

    record: Record
    scope: Ref
    texts: dict[str, Annotated[str, Meta(max_length=2000)]]
    opened_at: At
    expected_end: At | None = None


class Incidents(msgspec.Struct, frozen=True):
    """What is open now."""

    incidents: Annotated[list[Incident], Meta(max_length=200)]


class Event(msgspec.Struct, frozen=True):
    """News: which transaction of which customer changed; `cursor` is its place and its name, once and for all."""

    cursor: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: Annotated[str, Meta(pattern=r"^[a-z]+\.[a-z_]+$")]
    customer_id: UUID
    at: At
    transaction_id: UUID | None = None


class Events(msgspec.Struct, frozen=True):
    """News after a cursor, oldest first."""

    events: Annotated[list[Event], Meta(max_length=200)]


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an action is about. Who asks stands in `X-Actor`, the case in `X-Case-Id`."""

    customer_id: UUID
    transaction_id: UUID | None = None


class Outcome(msgspec.Struct, frozen=True):
    """How an action ended: done or refused for good, running or unknown for now (ask again with the same key)."""

    state: OutcomeState
    record: Record | None = None
    reason: Ref | None = None
    at: At | None = None


class Problem(msgspec.Struct, frozen=True):
    """A no (RFC 9457); `reason` is the word that the desk goes by."""

    title: Text
    status: int
    reason: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    detail: Annotated[str, Meta(max_length=2000)] | None = None


class EntriesAsked(msgspec.Struct, frozen=True):
    """Which lines of an account: of which customer, before which line, how many."""

    customer_id: UUID
    before_seq: Annotated[int, Meta(ge=0)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class TransactionsAsked(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """Which transactions; all that is given must hold, `from` and `to` included.

    Paging: `before_at` and `before_id` are `created_at` and `id` of the last one of the page before.
    """

    customer_id: UUID
    kind: list[TransactionKind] = []
    ref: Ref | None = None
    """The wallet's own id, an order number, a receipt number or the rail's number."""
    amount_minor: int | None = None
    since: At | None = None
    until: At | None = None
    outgoing: bool | None = None
    before_at: At | None = None
    before_id: UUID | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 20


class EvidenceAsked(msgspec.Struct, frozen=True):
    """Whose transaction; with `refresh` the rail and the shop are asked anew first, for at most three seconds."""

    customer_id: UUID
    refresh: bool = False


class EventsAsked(msgspec.Struct, frozen=True):
    """News after which cursor; a cursor that the wallet did not give reads from the beginning."""

    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 200


class Hook(msgspec.Struct, frozen=True):
    """News as they are pushed (Standard Webhooks); the header `webhook-id` is the cursor of the event."""

    type: Annotated[str, Meta(pattern=r"^[a-z]+\.[a-z_]+$")]
    timestamp: At
    data: Event
