"""The embedded adapter: the reference wallet behind the port, in the same database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from walletdesk.guard.masking import mask_name
from walletdesk.kit import clock, db
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.money import Money
from walletdesk.wallet.gateway import commands, queries
from walletdesk.wallet.gateway.asking import ask_anew
from walletdesk.wallet.gateway.evidence import (
    account_record,
    evidence_of,
    parse_account,
    transaction_of,
    transaction_record,
)
from walletdesk.wallet.gateway.facts import Facts
from walletdesk.wallet.gateway.model import (
    AccountView,
    Capabilities,
    Command,
    CommandName,
    CustomerView,
    EntryView,
    Evidence,
    Incident,
    Limit,
    Outcome,
    Restriction,
    Transaction,
    TransactionKind,
    TransactionQuery,
    TransactionState,
    WalletEvent,
)
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.accounts import queries as account_queries
from walletdesk.wallet.reference.accounts.model import LimitKind, resets_at
from walletdesk.wallet.reference.rails import queries as rail_queries
from walletdesk.wallet.reference.rails.client import Outside

PAGE_MAX: Final = 200
CURRENCIES: Final = ("CNY",)
_EVENT_KINDS: Final = {
    "PaymentChanged": ("transaction.updated", "payment_id"),
    "TransferChanged": ("transaction.updated", "transfer_id"),
    "RestrictionChanged": ("restriction.changed", None),
}


class EmbeddedWallet:
    """The wallet that comes with walletdesk; implements the port `Wallet`.

    Without `outside` nothing can be asked anew and no shop be told; everything else works.
    """

    def __init__(self, pool: db.Pool, outside: Outside | None = None) -> None:
        self._pool = pool
        self._outside = outside

    async def capabilities(self) -> Capabilities:
        """Say what this wallet can do."""
        return Capabilities("walletdesk", frozenset(CommandName), CURRENCIES)

    async def customer(self, customer_id: CustomerId) -> CustomerView | None:
        """Return a customer, or None when there is none."""
        async with db.reading(self._pool) as tx:
            row = await queries.find_customer(tx, customer_id)
        if row is None:
            return None
        return CustomerView(
            CustomerId(row.id), row.name, row.phone_masked, row.tier, row.locale, row.large_type, row.since
        )

    async def accounts(self, customer_id: CustomerId) -> tuple[AccountView, ...]:
        """Return the customer's accounts with what can be spent of each."""
        async with db.reading(self._pool) as tx:
            rows = await queries.list_balances(tx, customer_id)
        now = clock.now()
        return tuple(
            AccountView(
                str(row.id),
                row.currency,
                Money(row.posted, row.currency),
                Money(row.held, row.currency),
                Money(row.posted - row.held, row.currency),
                account_record(row.id, row.seq),
                now,
            )
            for row in rows
        )

    async def entries(
        self, customer_id: CustomerId, account_id: str, *, before_seq: int | None, limit: int
    ) -> tuple[EntryView, ...]:
        """Return lines of one account, newest first."""
        number = parse_account(account_id)
        if number is None:
            return ()
        async with db.reading(self._pool) as tx:
            rows = await queries.list_lines(
                tx, customer_id, number, before_seq=before_seq, limit=min(limit, PAGE_MAX)
            )
        return tuple(
            EntryView(
                f"entry/{row.account_id}/{row.seq}",
                row.seq,
                Money(row.amount, row.currency),
                Money(row.balance_after, row.currency),
                row.subject,
                row.at,
            )
            for row in rows
        )

    async def transactions(
        self, customer_id: CustomerId, query: TransactionQuery
    ) -> tuple[Transaction, ...]:
        """List the customer's transactions, newest first."""
        async with db.reading(self._pool) as tx:
            rows = await queries.list_transactions(
                tx,
                customer_id,
                kinds=[kind.value for kind in query.kinds],
                ref=query.ref,
                amount_minor=query.amount_minor,
                since=query.since,
                until=query.until,
                outgoing=query.outgoing,
                before=query.before,
                limit=min(query.limit, PAGE_MAX),
            )
        return tuple(_transaction(customer_id, row) for row in rows)

    async def transaction(
        self, customer_id: CustomerId, transaction_id: UUID
    ) -> Transaction | None:
        """Return one transaction of this customer."""
        facts = await self._facts(customer_id, transaction_id, clock.now())
        return transaction_of(facts) if facts else None

    async def evidence(
        self, customer_id: CustomerId, transaction_id: UUID, *, refresh: bool = False
    ) -> Evidence | None:
        """Return all that is known of a transaction; with `refresh` the rail is asked anew first."""
        now = clock.now()
        if refresh and self._outside is not None:
            await ask_anew(self._pool, self._outside, customer_id, transaction_id, now=now)
        facts = await self._facts(customer_id, transaction_id, now)
        return evidence_of(facts, now) if facts else None

    async def _facts(
        self, customer_id: CustomerId, transaction_id: UUID, now: datetime
    ) -> Facts | None:
        async with db.reading(self._pool) as tx:
            found = await queries.find_payment_facts(tx, customer_id, transaction_id, now=now)
            return found or await queries.find_transfer_facts(tx, customer_id, transaction_id, now=now)

    async def restrictions(self, customer_id: CustomerId) -> tuple[Restriction, ...]:
        """Return what keeps the customer from paying or receiving now."""
        async with db.reading(self._pool) as tx:
            rows = await account_queries.list_restrictions(tx, customer_id, now=clock.now())
        return tuple(
            Restriction(
                f"restriction/{row.id}", row.kind, row.blocks_debit, row.blocks_credit, row.since, row.until
            )
            for row in rows
        )

    async def limits(self, customer_id: CustomerId) -> tuple[Limit, ...]:
        """Return the customer's limits with what is used of them."""
        now = clock.now()
        found: list[Limit] = []
        async with db.reading(self._pool) as tx:
            for currency in await _currencies(tx, customer_id):
                for row in await accounts.limits_of(tx, customer_id, currency, now=now):
                    found.append(
                        Limit(
                            f"limit/{customer_id}/{row.kind}",
                            row.kind,
                            Money(row.limit_minor, currency),
                            Money(row.used_minor, currency),
                            resets_at(LimitKind(row.kind), now),
                        )
                    )
        return tuple(found)

    async def incidents(self) -> tuple[Incident, ...]:
        """Return open disturbances."""
        async with db.reading(self._pool) as tx:
            rows = await rail_queries.list_incidents(tx, now=clock.now())
        return tuple(
            Incident(
                f"incident/{row.id}", row.scope, {"zh": row.zh, "en": row.en}, row.opened_at, row.expected_end
            )
            for row in rows
        )

    async def act(self, command: Command) -> Outcome:
        """Carry out a command once; asked again with the same key it answers the same."""
        return await commands.act(self._pool, self._outside, command)

    async def events(self, after: str | None, *, limit: int = 200) -> tuple[WalletEvent, ...]:
        """Return news after a cursor, oldest first; the safety net behind any push.

        A cursor that this wallet did not give reads from the beginning: nothing is missed by it.
        """
        xid, event_id = _cursor(after)
        async with db.reading(self._pool) as tx:
            rows = await queries.list_news(tx, xid, event_id, limit=min(limit, PAGE_MAX))
        return tuple(_event(row) for row in rows)


async def _currencies(tx: db.Tx, customer_id: UUID) -> Sequence[str]:
    return [wallet.currency for wallet in await account_queries.list_wallets_of(tx, customer_id)]


def _transaction(customer_id: CustomerId, row: queries.TransactionRow) -> Transaction:
    return Transaction(
        id=row.id,
        customer_id=customer_id,
        kind=TransactionKind(row.kind),
        name=mask_name(row.name) if row.person else row.name,
        amount=Money(row.amount_minor, row.currency),
        outgoing=row.outgoing,
        state=TransactionState(row.state),
        shown=TransactionState(row.shown),
        order_no=row.order_no,
        rail=row.rail,
        rail_ref=row.rail_ref,
        created_at=row.created_at,
        updated_at=row.updated_at,
        record=transaction_record(row.kind, row.id),
    )


def _cursor(after: str | None) -> tuple[str, int]:
    xid, _, number = (after or "").partition("-")
    if xid.isdecimal() and number.isdecimal() and len(xid) <= 20 and len(number) <= 18:
        return xid, int(number)
    return "0", 0


def _event(row: queries.EventRow) -> WalletEvent:
    kind, field = _EVENT_KINDS[row.name]
    return WalletEvent(
        cursor=f"{row.xid}-{row.id}",
        kind=kind,
        customer_id=CustomerId(row.key),
        transaction_id=UUID(row.body[field]) if field else None,
        at=row.at,
    )
