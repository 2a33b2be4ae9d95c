"""An operator's own wallet behind the port."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from walletdesk.kit import clock
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.wallet.gateway.contract import endpoints, shapes, wire
from walletdesk.wallet.gateway.contract.endpoints import PAGE_MAX, Endpoint
from walletdesk.wallet.gateway.model import (
    AccountView,
    Capabilities,
    Command,
    CustomerView,
    EntryView,
    Evidence,
    Incident,
    Limit,
    Outcome,
    OutcomeState,
    Remembered,
    Restriction,
    Transaction,
    TransactionQuery,
    WalletEvent,
)
from walletdesk.wallet.gateway.remote.checks import Checker
from walletdesk.wallet.gateway.remote.line import AnswerInvalid, Line
from walletdesk.wallet.gateway.remote.memory import Memory

CAPABILITIES_FRESH: Final = timedelta(seconds=60)
"""What a wallet can do is asked once a minute, not with every question."""
_AWAY: Final = frozenset({Kind.UNAVAILABLE, Kind.TOO_MANY})

Check = Callable[[Checker, Any], None]


class RemoteWallet:
    """Any wallet that fulfils the contract; implements the port `Wallet`.

    While it does not answer, what it said within the last minute is shown as `Remembered`; what a diagnosis relies
    on, the evidence of a transaction, is never remembered.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._memory = Memory()

    def forget(self, customer_id: UUID) -> None:
        """Remember nothing of a customer any more, because the wallet has told news of him."""
        self._memory.forget(customer_id)

    async def capabilities(self) -> Capabilities:
        """Say what this wallet can do."""
        now = clock.now()
        kept = self._memory.find(None, endpoints.CAPABILITIES.name, now)
        if kept is not None and now - kept.at < CAPABILITIES_FRESH:
            return kept.value
        found = await self._line.read(endpoints.CAPABILITIES)
        if found is None:
            raise _absent(endpoints.CAPABILITIES)
        value = wire.capabilities(found)
        self._memory.keep(None, endpoints.CAPABILITIES.name, value, now)
        return value

    async def customer(self, customer_id: CustomerId) -> CustomerView | None:
        """Return a customer, or None when there is none."""
        now = clock.now()
        try:
            found = await self._line.read(endpoints.CUSTOMER, {"customer_id": customer_id})
        except Refusal as refusal:
            kept = self._memory.find(customer_id, endpoints.CUSTOMER.name, now)
            if refusal.kind not in _AWAY or kept is None:
                raise
            return replace(kept.value, stale_since=kept.at)
        if found is None:
            return None
        Checker(endpoints.CUSTOMER, now).must(found.id == customer_id, "another customer")
        value = wire.inward(found)
        self._memory.keep(customer_id, endpoints.CUSTOMER.name, value, now)
        return value

    async def accounts(self, customer_id: CustomerId) -> tuple[AccountView, ...]:
        """Return the customer's accounts with what can be spent of each."""
        return await self._list(
            endpoints.ACCOUNTS, customer_id, lambda check, found: check.accounts(found.accounts), "accounts"
        )

    async def entries(
        self, customer_id: CustomerId, account_id: str, *, before_seq: int | None, limit: int
    ) -> tuple[EntryView, ...]:
        """Return lines of one account, newest first."""
        count = min(limit, PAGE_MAX)
        found = await self._line.read(
            endpoints.ENTRIES,
            {"account_id": account_id},
            {"customer_id": customer_id, "before_seq": before_seq, "limit": count},
        )
        if found is None:
            return ()
        Checker(endpoints.ENTRIES, clock.now()).entries(found.entries, before_seq=before_seq, limit=count)
        return wire.inward(found.entries)

    async def transactions(self, customer_id: CustomerId, query: TransactionQuery) -> tuple[Transaction, ...]:
        """List the customer's transactions, newest first."""
        asked = replace(query, limit=min(query.limit, PAGE_MAX))
        return await self._list(
            endpoints.TRANSACTIONS,
            customer_id,
            lambda check, found: check.transactions(found.transactions, customer_id, limit=asked.limit),
            "transactions",
            _pairs(customer_id, asked),
            asked,
        )

    async def transaction(self, customer_id: CustomerId, transaction_id: UUID) -> Transaction | None:
        """Return one transaction of this customer."""
        found = await self.evidence(customer_id, transaction_id)
        return found.transaction if found else None

    async def evidence(
        self, customer_id: CustomerId, transaction_id: UUID, *, refresh: bool = False
    ) -> Evidence | None:
        """Return all that is known of a transaction; with `refresh` the rail is asked anew first."""
        found = await self._line.read(
            endpoints.EVIDENCE,
            {"transaction_id": transaction_id},
            {"customer_id": customer_id, "refresh": True if refresh else None},
        )
        if found is None:
            return None
        Checker(endpoints.EVIDENCE, clock.now()).evidence(found, customer_id, transaction_id)
        return wire.inward(found)

    async def restrictions(self, customer_id: CustomerId) -> tuple[Restriction, ...]:
        """Return what keeps the customer from paying or receiving now."""
        return await self._list(
            endpoints.RESTRICTIONS,
            customer_id,
            lambda check, found: check.past(*(one.since for one in found.restrictions)),
            "restrictions",
        )

    async def limits(self, customer_id: CustomerId) -> tuple[Limit, ...]:
        """Return the customer's limits with what is used of them."""
        return await self._list(
            endpoints.LIMITS,
            customer_id,
            lambda check, found: check.must(
                all(one.limit.currency == one.used.currency for one in found.limits), "a limit with two currencies"
            ),
            "limits",
        )

    async def incidents(self) -> tuple[Incident, ...]:
        """Return open disturbances."""
        return await self._list(
            endpoints.INCIDENTS,
            None,
            lambda check, found: check.past(*(one.opened_at for one in found.incidents)),
            "incidents",
        )

    async def act(self, command: Command) -> Outcome:
        """Carry out a command once; asked again with the same key it answers the same.

        Whatever leaves open whether something happened is `unknown`: asking again with the same key resolves it.
        """
        try:
            if command.name not in (await self.capabilities()).commands:
                return Outcome(OutcomeState.REFUSED, reason="not_offered", at=clock.now())
            body = msgspec.json.encode(shapes.Action(command.customer_id, command.transaction_id))
            answer = await self._line.act(
                endpoints.ACTION, {"name": command.name.value}, body, _headers(command)
            )
            self._memory.forget(command.customer_id)
            if isinstance(answer, shapes.Problem):
                return Outcome(OutcomeState.REFUSED, reason=answer.reason, at=clock.now())
            Checker(endpoints.ACTION, clock.now()).must(
                answer.state is not OutcomeState.DONE or answer.record is not None, "done without a record"
            )
        except Refusal as refusal:
            if refusal.kind not in _AWAY:
                raise
            return Outcome(OutcomeState.UNKNOWN, reason="no_answer")
        return wire.inward(answer)

    async def events(self, after: str | None, *, limit: int = 200) -> tuple[WalletEvent, ...]:
        """Return news after a cursor, oldest first; the safety net behind any push."""
        count = min(limit, PAGE_MAX)
        found = await self._line.read(endpoints.EVENTS, {}, {"after": after, "limit": count})
        if found is None:
            raise _absent(endpoints.EVENTS)
        Checker(endpoints.EVENTS, clock.now()).events(found.events, after, limit=count)
        return wire.inward(found.events)

    async def _list(
        self,
        endpoint: Endpoint,
        customer_id: CustomerId | None,
        check: Check,
        field: str,
        query: Mapping[str, object] | None = None,
        question: object = None,
    ) -> Any:
        """Read a list; while the wallet does not answer, return what it said within the last minute, marked."""
        now, asked = clock.now(), (endpoint.name, question)
        parts = {"customer_id": customer_id} if customer_id is not None and query is None else {}
        try:
            found = await self._line.read(endpoint, parts, query)
        except Refusal as refusal:
            kept = self._memory.find(customer_id, asked, now)
            if refusal.kind not in _AWAY or kept is None:
                raise
            return Remembered(kept.value, kept.at)
        if found is None:
            return ()
        check(Checker(endpoint, now), found)
        value = wire.inward(getattr(found, field))
        self._memory.keep(customer_id, asked, value, now)
        return value


def _absent(endpoint: Endpoint) -> Refusal:
    return AnswerInvalid(endpoint=endpoint.name, reason="absent")


def _pairs(customer_id: CustomerId, query: TransactionQuery) -> dict[str, object]:
    at, last = query.before or (None, None)
    return {
        "customer_id": customer_id,
        "kind": sorted(kind.value for kind in query.kinds),
        "ref": query.ref,
        "amount_minor": query.amount_minor,
        "from": _time(query.since),
        "to": _time(query.until),
        "outgoing": query.outgoing,
        "before_at": _time(at),
        "before_id": last,
        "limit": query.limit,
    }


def _time(moment: datetime | None) -> str | None:
    return msgspec.to_builtins(moment) if moment is not None else None


def _headers(command: Command) -> dict[str, str]:
    case = {"x-case-id": str(command.case_id)} if command.case_id is not None else {}
    return {"idempotency-key": command.idempotency_key, "x-actor": command.actor, **case}
