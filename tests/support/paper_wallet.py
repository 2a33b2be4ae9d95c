"""An operator's wallet on paper: what it knows is written down by the test, what it is asked is kept."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.support.diagnosis_evidence import MADE, NOW, paid, seen, sent
from walletdesk.kit.ids import CustomerId
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
    NoticeState,
    Outcome,
    OutcomeState,
    Restriction,
    Source,
    TimelineEvent,
    Transaction,
    TransactionQuery,
    WalletEvent,
)


def unheard(**about: Any) -> Evidence:
    """A payment of which the shop was never told."""
    steps = (
        TimelineEvent("entry/7/12", MADE, Source.LEDGER, "debited", True, {"amount": "¥28.00"}),
        TimelineEvent("notice/4", MADE + timedelta(seconds=30), Source.WALLET, "notice_failed", False),
    )
    failed = seen(NoticeState.FAILED, Source.WALLET, "notice/4")
    return _own(paid(notice=failed, notice_attempts=3, settled=seen(False), timeline=steps), about)


def heard(**about: Any) -> Evidence:
    """A payment like every other."""
    return _own(paid(settled=seen(True)), about)


def underway(**about: Any) -> Evidence:
    """A transfer of which the rail says nothing."""
    return _own(sent(), about)


def _own(evidence: Evidence, about: dict[str, Any]) -> Evidence:
    found = uuid4()
    changes = {"id": found, "record": f"transaction/{found}", **about}
    return replace(evidence, transaction=replace(evidence.transaction, **changes))


@dataclass
class PaperWallet:
    """Answers from what is written on it; `slow` customers wait, `broken` ones meet a defect."""

    papers: dict[UUID, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    outcomes: dict[CommandName, OutcomeState] = field(default_factory=dict)
    after: dict[UUID, Evidence] = field(default_factory=dict)
    """What a transaction looks like once a command has been carried out."""
    commands: frozenset[CommandName] = frozenset(CommandName)
    slow: dict[UUID, float] = field(default_factory=dict)
    broken: set[UUID] = field(default_factory=set)
    acted: dict[str, Command] = field(default_factory=dict)
    reads: int = 0

    def write(self, customer: UUID, *evidence: Evidence) -> list[Evidence]:
        """Write down what happened to a customer, the newest first."""
        own = [replace(e, transaction=replace(e.transaction, customer_id=CustomerId(customer))) for e in evidence]
        self.papers[customer] += own
        return own

    async def _turn(self, customer: UUID) -> list[Evidence]:
        self.reads += 1
        await asyncio.sleep(self.slow.get(customer, 0))
        if customer in self.broken:
            raise RuntimeError("the wallet has a defect")
        return self.papers[customer]

    async def capabilities(self) -> Capabilities:
        return Capabilities("paper", self.commands, ("CNY",))

    async def customer(self, customer_id: CustomerId) -> CustomerView | None:
        return None

    async def accounts(self, customer_id: CustomerId) -> tuple[AccountView, ...]:
        return ()

    async def entries(
        self, customer_id: CustomerId, account_id: str, *, before_seq: int | None, limit: int
    ) -> tuple[EntryView, ...]:
        return ()

    async def transactions(self, customer_id: CustomerId, query: TransactionQuery) -> tuple[Transaction, ...]:
        return tuple(e.transaction for e in await self._turn(customer_id))[: query.limit]

    async def transaction(self, customer_id: CustomerId, transaction_id: UUID) -> Transaction | None:
        found = await self.evidence(customer_id, transaction_id)
        return found.transaction if found is not None else None

    async def evidence(
        self, customer_id: CustomerId, transaction_id: UUID, *, refresh: bool = False
    ) -> Evidence | None:
        return next((e for e in await self._turn(customer_id) if e.transaction.id == transaction_id), None)

    async def restrictions(self, customer_id: CustomerId) -> tuple[Restriction, ...]:
        return ()

    async def limits(self, customer_id: CustomerId) -> tuple[Limit, ...]:
        return ()

    async def incidents(self) -> tuple[Incident, ...]:
        return ()

    async def act(self, command: Command) -> Outcome:
        self.acted[command.idempotency_key] = command
        state = self.outcomes.get(command.name, OutcomeState.DONE)
        if state is OutcomeState.DONE and command.transaction_id in self.after:
            own = self.papers[command.customer_id]
            one = next(e.transaction for e in own if e.transaction.id == command.transaction_id)
            new = replace(self.after[one.id], transaction=one)
            own[:] = [new if e.transaction.id == command.transaction_id else e for e in own]
        return Outcome(state, record=f"command/{command.name.value}", at=NOW)

    async def events(self, after: str | None, *, limit: int = 200) -> tuple[WalletEvent, ...]:
        return ()
