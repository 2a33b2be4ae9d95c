"""The port through which the desk sees any wallet: what may be read and what may be asked.

Every value that may become a sentence to a customer arrives as a `Seen`: the value, the record it was
read from and who said so. `None` as a value means *unknown*, which is never the same as *no*.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from walletdesk.kit.ids import CustomerId
from walletdesk.kit.money import Money

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Remembered(tuple[T_co, ...]):
    """A list that a wallet gave some seconds ago and cannot give now; `as_of` says when.

    It may be shown as old. Nothing may be concluded from it: to a diagnosis it is unknown.
    """

    as_of: datetime

    def __new__(cls, values: tuple[T_co, ...], as_of: datetime) -> Remembered[T_co]:
        """Mark a list as old."""
        found = super().__new__(cls, values)
        found.as_of = as_of
        return found


class Source(StrEnum):
    """Who says so; in order of authority, the first wins when two disagree."""

    LEDGER = "ledger"
    RAIL_QUERY = "rail_query"
    RAIL_WEBHOOK = "rail_webhook"
    SETTLEMENT_FILE = "settlement_file"
    WALLET = "wallet"
    MERCHANT = "merchant"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """One value with its evidence; `value is None` means that nobody knows (yet).

    `record` names the row it was read from, e.g. `entry/7/12`, `rail_event/0192…`, `notice/0192…`.
    """

    value: T | None = None
    record: str | None = None
    source: Source = Source.WALLET
    at: datetime | None = None


class TransactionKind(StrEnum):
    """What sort of movement the customer asked for."""

    PAYMENT = "payment"
    TRANSFER = "transfer"
    TOP_UP = "top_up"
    WITHDRAWAL = "withdrawal"
    REFUND = "refund"
    BILL = "bill"


class TransactionState(StrEnum):
    """Where a transaction stands in the wallet's own books."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class ArrivalMode(StrEnum):
    """When the sender chose that the money arrives (实时 / 普通 / 次日)."""

    INSTANT = "instant"
    ORDINARY = "ordinary"
    NEXT_DAY = "next_day"


class Reason(StrEnum):
    """One vocabulary for why something was declined; the rails' codes map into it (`wallet.md` section 4)."""

    FUNDS = "funds"
    LIMIT_AMOUNT = "limit_amount"
    LIMIT_COUNT = "limit_count"
    PIN_WRONG = "pin_wrong"
    PIN_LOCKED = "pin_locked"
    AUTH_NEEDED = "auth_needed"
    CARD_EXPIRED = "card_expired"
    ACCOUNT_INVALID = "account_invalid"
    NAME_MISMATCH = "name_mismatch"
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_BLOCKED = "account_blocked"
    LOST_STOLEN = "lost_stolen"
    FRAUD = "fraud"
    NOT_PERMITTED = "not_permitted"
    DO_NOT_HONOR = "do_not_honor"
    MERCHANT_INVALID = "merchant_invalid"
    AMOUNT_INVALID = "amount_invalid"
    CURRENCY_INVALID = "currency_invalid"
    DUPLICATE = "duplicate"
    CODE_EXPIRED = "code_expired"
    USER_PAYING = "user_paying"
    UNKNOWN = "unknown"
    RAIL_DOWN = "rail_down"
    SYSTEM = "system"
    NOT_FOUND = "not_found"
    REGULATORY = "regulatory"
    RETURNED = "returned"


class LedgerState(StrEnum):
    """What the customer's money did in the ledger because of this transaction."""

    NONE = "none"
    HELD = "held"
    POSTED = "posted"
    VOIDED = "voided"
    RETURNED = "returned"


class RailState(StrEnum):
    """What the rail (bank, card network, instant-payment system) says of its leg."""

    NONE = "none"
    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"


class NoticeState(StrEnum):
    """Whether the merchant was told that it has been paid."""

    NONE = "none"
    DELIVERED = "delivered"
    FAILED = "failed"


class OrderState(StrEnum):
    """The merchant's own order, as the merchant reports it."""

    OPEN = "open"
    PAID = "paid"
    CLOSED_BEFORE_PAYMENT = "closed_before_payment"


class PartyState(StrEnum):
    """Whether the other side can be paid."""

    OPEN = "open"
    NOT_FOUND = "not_found"
    NAME_MISMATCH = "name_mismatch"
    BLOCKED = "blocked"
    FROZEN = "frozen"


class ReviewState(StrEnum):
    """Whether the wallet itself still holds the transaction back."""

    NONE = "none"
    RISK = "risk"
    SCHEDULED = "scheduled"


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer as the desk may show him; the phone number arrives masked."""

    id: CustomerId
    name: str
    phone_masked: str
    tier: int
    locale: str
    large_type: bool
    since: datetime
    stale_since: datetime | None = None
    """When the wallet said so, if it cannot be asked now."""


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account: posted balance, what is held, what can be spent; minor units."""

    id: str
    currency: str
    posted: Money
    held: Money
    available: Money
    record: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of an account's history; `amount` is signed, `balance_after` follows it."""

    record: str
    seq: int
    amount: Money
    balance_after: Money
    transaction_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Transaction:
    """What the customer calls "this payment" or "this transfer".

    `name` is the other side as the customer knows it (a person's name masked), `outgoing` says whether money
    leaves this customer, `shown` is what his app shows him, which may be stale.
    """

    id: UUID
    customer_id: CustomerId
    kind: TransactionKind
    name: str
    amount: Money
    outgoing: bool
    state: TransactionState
    shown: TransactionState
    order_no: str | None
    rail: str | None
    rail_ref: str | None
    created_at: datetime
    updated_at: datetime
    record: str


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One thing that happened; `kind` is a key of the catalogue (`wallet.timeline.<kind>`), `values` fill it."""

    record: str
    at: datetime
    source: Source
    kind: str
    ok: bool | None
    values: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the wallet can prove about one transaction at one moment.

    Fields that make no sense for the kind of transaction keep their unknown default.
    """

    transaction: Transaction
    as_of: datetime
    received: Seen[bool] = Seen()
    """Did the customer's request reach the wallet at all?"""
    ledger: Seen[LedgerState] = Seen()
    hold_id: UUID | None = None
    rail_state: Seen[RailState] = Seen()
    reason: Seen[Reason] = Seen()
    """Why it was declined or returned, mapped; the rail's own words are in `rail_code`."""
    rail_code: str | None = None
    bank_debited: Seen[bool] = Seen()
    """Did the customer's bank take the money although no rail record says so?"""
    notice: Seen[NoticeState] = Seen()
    notice_attempts: int = 0
    notice_http_status: int | None = None
    order: Seen[OrderState] = Seen()
    settled: Seen[bool] = Seen()
    """Has the merchant's share been settled to it?"""
    payee_is_intended: Seen[bool] = Seen()
    payee: Seen[PartyState] = Seen()
    merchant: Seen[PartyState] = Seen()
    review: Seen[ReviewState] = Seen()
    scheduled_at: datetime | None = None
    arrival_mode: ArrivalMode | None = None
    sent: Seen[datetime] = Seen()
    """When the order left for the payee's bank."""
    due_by: Seen[datetime] = Seen()
    """Until when arrival is still in time for the chosen mode (record: the rule it comes from)."""
    credited: Seen[datetime] = Seen()
    returned: Seen[datetime] = Seen()
    receipt_no: Seen[str] = Seen()
    """The number a customer can show to the merchant or to his bank as proof."""
    bank_name: str | None = None
    rail_available: Seen[bool] = Seen()
    """Is the rail or the issuing bank up? False during an outage."""
    timeline: tuple[TimelineEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Restriction:
    """Something that keeps a customer from paying or receiving; `kind` risk|judicial|kyc|user|pin|dormant."""

    record: str
    kind: str
    blocks_debit: bool
    blocks_credit: bool
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of a period and how much of it is used; `kind` single|day|month|year."""

    record: str
    kind: str
    limit: Money
    used: Money
    resets_at: datetime | None


@dataclass(frozen=True, slots=True)
class Incident:
    """An announced disturbance of a rail, bank or the app; texts by language code."""

    record: str
    scope: str
    texts: dict[str, str]
    opened_at: datetime
    expected_end: datetime | None


@dataclass(frozen=True, slots=True)
class TransactionQuery:
    """Which of a customer's transactions to list, newest first; keyed paging by (created_at, id)."""

    kinds: frozenset[TransactionKind] = frozenset()
    ref: str | None = None
    amount_minor: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    outgoing: bool | None = None
    before: tuple[datetime, UUID] | None = None
    limit: int = 20


class CommandName(StrEnum):
    """What the desk may ask a wallet to do; each is optional and declared in the capabilities."""

    RESEND_NOTICE = "resend_notice"
    VOID_HOLD = "void_hold"
    REVERSE_PAYMENT = "reverse_payment"
    RECREDIT_RETURNED = "recredit_returned"
    REFUND_CLOSED_ORDER = "refund_closed_order"
    FREEZE = "freeze"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing asked of a wallet. The same `idempotency_key` always means the same command."""

    name: CommandName
    customer_id: CustomerId
    idempotency_key: str
    transaction_id: UUID | None = None
    actor: str = "bot"
    case_id: UUID | None = None


class OutcomeState(StrEnum):
    """How a command ended; `unknown` is resolved by asking again with the same key."""

    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The wallet's answer to a command, with the record that proves it."""

    state: OutcomeState
    record: str | None = None
    reason: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this wallet can do, and what it calls itself."""

    name: str
    commands: frozenset[CommandName]
    currencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WalletEvent:
    """News from the wallet since a cursor: which transaction of which customer changed."""

    cursor: str
    kind: str
    customer_id: CustomerId
    transaction_id: UUID | None
    at: datetime


class Wallet(Protocol):
    """Any wallet. Reads never change anything; a foreign or unknown id is simply absent (`None`).

    No method may be called inside a database transaction: behind the port there may be a network.
    """

    async def capabilities(self) -> Capabilities:
        """Say what this wallet can do."""
        ...

    async def customer(self, customer_id: CustomerId) -> CustomerView | None:
        """Return a customer, or None when there is none."""
        ...

    async def accounts(self, customer_id: CustomerId) -> tuple[AccountView, ...]:
        """Return the customer's accounts with what can be spent of each."""
        ...

    async def entries(
        self, customer_id: CustomerId, account_id: str, *, before_seq: int | None, limit: int
    ) -> tuple[EntryView, ...]:
        """Return lines of one account, newest first."""
        ...

    async def transactions(
        self, customer_id: CustomerId, query: TransactionQuery
    ) -> tuple[Transaction, ...]:
        """List the customer's transactions, newest first."""
        ...

    async def transaction(
        self, customer_id: CustomerId, transaction_id: UUID
    ) -> Transaction | None:
        """Return one transaction of this customer."""
        ...

    async def evidence(
        self, customer_id: CustomerId, transaction_id: UUID, *, refresh: bool = False
    ) -> Evidence | None:
        """Return all that is known of a transaction; with `refresh` the rail is asked anew first."""
        ...

    async def restrictions(self, customer_id: CustomerId) -> tuple[Restriction, ...]:
        """Return what keeps the customer from paying or receiving now."""
        ...

    async def limits(self, customer_id: CustomerId) -> tuple[Limit, ...]:
        """Return the customer's limits with what is used of them."""
        ...

    async def incidents(self) -> tuple[Incident, ...]:
        """Return open disturbances."""
        ...

    async def act(self, command: Command) -> Outcome:
        """Carry out a command once; asked again with the same key it answers the same."""
        ...

    async def events(self, after: str | None, *, limit: int = 200) -> tuple[WalletEvent, ...]:
        """Return news after a cursor, oldest first; the safety net behind any push."""
        ...
