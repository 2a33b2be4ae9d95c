"""The diagnosis at work: a finding is made and stored, jobs run, workers die; what the log says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.support.wallet_people import ANNA, Town
from walletdesk.diagnosis import actions, jobs, queries
from walletdesk.diagnosis.investigation import investigate
from walletdesk.diagnosis.model import CommandRow, CommandView, StoredFinding, Symptom
from walletdesk.kit import db
from walletdesk.wallet.gateway.model import Command, CommandName, Outcome, OutcomeState, Wallet


class Died(BaseException):
    """A worker that is gone from one instruction to the next."""


@dataclass
class Between:
    """The wallet, with something happening before or after it is asked to act: a death, a silence."""

    wallet: Wallet
    before: Callable[[], None] | None = None
    after: Callable[[], None] | None = None
    instead: Outcome | None = None
    keys: list[str] = field(default_factory=list)

    async def act(self, command: Command) -> Outcome:
        self.keys.append(command.idempotency_key)
        if self.before:
            self.before()
        if self.instead is not None:
            return self.instead
        outcome = await self.wallet.act(command)
        if self.after:
            self.after()
        return outcome

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wallet, name)


UNKNOWN = Outcome(OutcomeState.UNKNOWN, reason="no_answer")


def die() -> None:
    raise Died


@dataclass
class Desk:
    """One conversation of Anna's with a town around it."""

    town: Town
    conversation: UUID = field(default_factory=uuid4)

    @property
    def pool(self) -> db.Pool:
        return self.town.pool

    @property
    def now(self) -> datetime:
        return self.town.now

    async def diagnose(
        self, symptom: Symptom, transaction_id: UUID | None, *, conversation: UUID | None = None, refresh: bool = False
    ) -> StoredFinding:
        found = await investigate(
            self.town.wallet, ANNA, symptom, transaction_id, now=self.now, refresh=refresh
        )
        async with db.transaction(self.pool) as tx:
            return await actions.store_finding(
                tx, found, customer_id=ANNA, conversation_id=conversation or self.conversation, now=self.now
            )

    async def ask(
        self, stored: StoredFinding, name: CommandName, *, kind: str = "customer", who: UUID | None = ANNA
    ) -> CommandRow:
        async with db.transaction(self.pool) as tx:
            return await actions.ask_command(
                tx, stored.id, name, actor_kind=kind, actor_id=who, now=self.now
            )

    async def carry_out(self, wallet: Wallet | Between | None = None) -> int:
        return await jobs.run_commands(self.pool, wallet or self.town.wallet, self.now)  # type: ignore[arg-type]

    async def look(self, wallet: Wallet | None = None) -> int:
        return await jobs.run_follow_ups(self.pool, wallet or self.town.wallet, self.now)

    async def let_pass(self, **by: float) -> None:
        """Let time pass in which the desk looks whenever something is due."""
        end = self.now + timedelta(**by)
        while (due := await self.next_due()) is not None and due <= end:
            if due > self.now:
                self.town.later(seconds=(due - self.now).total_seconds())
            await self.look()
        if end > self.now:
            self.town.later(seconds=(end - self.now).total_seconds())

    async def next_due(self) -> datetime | None:
        async with db.reading(self.pool) as tx:
            return await tx.fetchval("SELECT min(next_at) FROM diagnosis.follow_up")

    async def command(self, row: CommandRow) -> CommandRow:
        async with db.reading(self.pool) as tx:
            found = await queries.find_command(tx, row.id)
        assert found is not None
        return found

    async def commands(self) -> list[dict[str, Any]]:
        async with db.reading(self.pool) as tx:
            rows = await tx.fetch("SELECT * FROM diagnosis.command ORDER BY asked_at, id")
        return [dict(row) for row in rows]

    async def views(self, stored: StoredFinding | UUID) -> dict[str, CommandView]:
        identity = stored if isinstance(stored, UUID) else stored.id
        async with db.reading(self.pool) as tx:
            return await queries.commands_of(tx, identity)

    async def finding(self, finding_id: UUID | str) -> StoredFinding:
        async with db.reading(self.pool) as tx:
            found = await queries.find_finding(tx, UUID(str(finding_id)))
        assert found is not None
        return found

    async def events(self, *names: str) -> list[dict[str, Any]]:
        """What the log says, in order; the key of each is checked to be its conversation."""
        async with db.reading(self.pool) as tx:
            rows = await tx.fetch(
                "SELECT key, name, body FROM kit.event WHERE name = ANY($1) ORDER BY id",
                list(names or ("FindingChanged", "CommandFinished", "HandOffDue")),
            )
        for row in rows:
            assert str(row["key"]) == (row["body"]["conversation_id"] or row["body"]["finding_id"])
        return [{"name": row["name"], **row["body"]} for row in rows]
