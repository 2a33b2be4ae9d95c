"""The stage: plays situations through the real wallet and the real outside world, in a few hours of virtual time.

Nothing of a situation is written by hand. Customers act, faults are set, the wallet's own jobs run, and what they
leave behind is the evidence. All situations share one timeline, so that the jobs run once for all of them.
"""

from __future__ import annotations

import heapq
import itertools
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Final, Literal
from uuid import UUID

from walletdesk.kit import clock, db
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.money import Money
from walletdesk.wallet.reference import jobs
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.ledger import queries as ledger
from walletdesk.wallet.reference.model import HOME, SameIdOtherBody, local_day
from walletdesk.wallet.reference.payments import actions as payments
from walletdesk.wallet.reference.rails import client
from walletdesk.wallet.reference.rails.client import Outside
from walletdesk.wallet.reference.rails.model import ANSWER_EXPECTED
from walletdesk.wallet.reference.transfers import actions as transfers
from walletdesk.wallet.reference.transfers.model import Payee
from walletdesk.world import queries
from walletdesk.world.outside import actions as outside
from walletdesk.world.outside.serve import client_in_process, make_outside
from walletdesk.world.past import CURRENCY
from walletdesk.world.population import Inhabitant, Shop, uuid7
from walletdesk.world.seams import owner_of, secret_of

Act = Callable[[datetime], Awaitable[None]]

_SETTLED_AT: Final = time(4, 0)
_GRID: Final = timedelta(seconds=5)
_ROUNDS: Final = 4


@dataclass(slots=True)
class Cast:
    """Who can be on stage: the shops, and people who are neither staff nor personas."""

    shops: list[Shop]
    friends: list[Inhabitant]


@dataclass(slots=True)
class Stage:
    """One timeline with its clock, its outside world and what is still to happen."""

    pool: db.Pool
    seed: int
    cast: Cast
    until: datetime
    time: clock.VirtualClock = field(init=False)
    _plan: list[tuple[datetime, int, Act]] = field(default_factory=list[tuple[datetime, int, Act]])
    _order: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        """Stand at the end until something is planned earlier; whole seconds, so that deeds fall together."""
        self.until = _rounded(self.until) - _GRID
        self.time = clock.VirtualClock(self.until)

    def plan(self, at: datetime, act: Act) -> None:
        """Let something happen at a moment; the jobs run for as long as anything is due because of it."""
        heapq.heappush(self._plan, (at, next(self._order), act))

    async def play(self) -> None:
        """Play everything that is planned, in order of time, and let the jobs do what falls due until now."""
        world = make_outside(self.pool, time=self.time, seed=self.seed, owner_of=owner_of, secret_of=secret_of)
        async with client_in_process(world) as line, _silence_on_purpose():
            wallet = Outside(line)
            self._plan_settlements()
            at = self._plan[0][0] if self._plan else self.until
            while at <= self.until:
                self.time.set(at)
                while self._plan and self._plan[0][0] <= at:
                    await heapq.heappop(self._plan)[2](at)
                await self._work(wallet, at)
                at = await self._next(at)

    async def _next(self, now: datetime) -> datetime:
        """Return the next moment at which anything happens."""
        async with db.reading(self.pool) as tx:
            due = await queries.next_due(tx, after=now, patience=ANSWER_EXPECTED)
        moments = [one[0] for one in self._plan[:1]] + ([_rounded(due)] if due else [])
        return min(moments, default=self.until + _GRID)

    def _plan_settlements(self) -> None:
        """Settle at four in the morning of every day that the timeline touches, as the worker would."""
        if not self._plan:
            return
        day = local_day(self._plan[0][0])
        while (at := datetime.combine(day, _SETTLED_AT, tzinfo=HOME)) <= self.until:
            if at >= self._plan[0][0]:
                heapq.heappush(self._plan, (at, next(self._order), self._settle))
            day += timedelta(days=1)

    async def _settle(self, at: datetime) -> None:
        await jobs.settle(self.pool, at)

    async def _work(self, wallet: Outside, now: datetime) -> None:
        """Let the wallet's jobs do what is due; what they did can make more due at the same moment."""
        for _ in range(_ROUNDS):
            async with db.reading(self.pool) as tx:
                due = await queries.what_is_due(tx, now=now, patience=ANSWER_EXPECTED)
            if due.sends:
                await jobs.send_orders(self.pool, now, outside=wallet)
            if due.asks:
                await jobs.ask_orders(self.pool, now, outside=wallet)
            if due.news:
                await jobs.hear_news(self.pool, now, outside=wallet)
            if due.notices:
                await jobs.deliver_notices(self.pool, now, outside=wallet)
            if due.patience:
                await jobs.let_time_pass(self.pool, now)
            if not due.anything:
                return

    async def switch(self, scope: str, fault: str, *, at: datetime) -> None:
        """Make a part of the outside world misbehave."""
        async with db.transaction(self.pool) as tx:
            await outside.switch(tx, scope, fault, now=at)

    def actor(self, name: str, person: Inhabitant) -> Actor:
        """Give somebody a part."""
        return Actor(self, name, person)


@asynccontextmanager
async def _silence_on_purpose() -> AsyncGenerator[None]:
    """Log no partner that does not answer: on stage he is told to."""
    log = logging.getLogger(client.__name__)
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


def _rounded(moment: datetime) -> datetime:
    """Round up to the grid on which the stage's clock moves."""
    over = moment.timestamp() % _GRID.total_seconds()
    return moment if over == 0 else moment + timedelta(seconds=_GRID.total_seconds() - over)


@dataclass(frozen=True, slots=True)
class Actor:
    """A customer on stage; each deed returns the id of its transaction."""

    stage: Stage
    name: str
    person: Inhabitant

    @property
    def id(self) -> CustomerId:
        """The customer."""
        return CustomerId(self.person.id)

    def new_id(self, at: datetime) -> UUID:
        """Make the id of a transaction: the same persona at the same moment makes the same."""
        chance = Random(f"{self.stage.seed}:{self.name}:{at.isoformat()}")  # noqa: S311 - a simulation
        return uuid7(chance, at)

    async def available(self, tx: db.Tx) -> int:
        """Say how much can be spent, in minor units."""
        wallet = await accounts.wallet_of(tx, self.id, CURRENCY)
        return (await ledger.find_accounts(tx, [wallet.account_id]))[0].available

    async def pay(
        self,
        shop: Shop,
        minor: int,
        *,
        at: datetime,
        source: Literal["balance", "card"] = "balance",
        fault: str = "none",
        intended: Shop | None = None,
    ) -> UUID:
        """Pay a shop while a fault waits for this payment."""
        payment_id = self.new_id(at)
        if fault != "none":
            await self.stage.switch(f"order:{payment_id}", fault, at=at)
        async with db.transaction(self.stage.pool) as tx:
            await payments.pay(
                tx,
                payment_id=payment_id,
                customer_id=self.id,
                merchant_id=shop.id,
                amount=Money(minor, CURRENCY),
                source=source,
                intended_merchant_id=intended.id if intended else None,
                now=at,
            )
        return payment_id

    async def send(self, payee: Payee, minor: int, *, at: datetime, mode: str = "instant", fault: str = "none") -> UUID:
        """Send money to somebody while a fault waits for this transfer."""
        transfer_id = self.new_id(at)
        if fault != "none":
            await self.stage.switch(f"order:{transfer_id}", fault, at=at)
        async with db.transaction(self.stage.pool) as tx:
            await transfers.send(
                tx,
                transfer_id=transfer_id,
                customer_id=self.id,
                payee=payee,
                amount=Money(minor, CURRENCY),
                mode=mode,
                now=at,
            )
        return transfer_id

    async def top_up(self, minor: int, *, at: datetime, fault: str = "none") -> UUID:
        """Bring money in from the bank."""
        transfer_id = self.new_id(at)
        if fault != "none":
            await self.stage.switch(f"order:{transfer_id}", fault, at=at)
        async with db.transaction(self.stage.pool) as tx:
            await transfers.top_up(
                tx, transfer_id=transfer_id, customer_id=self.id, amount=Money(minor, CURRENCY), now=at
            )
        return transfer_id

    async def keep_only(self, minor: int, *, at: datetime) -> None:
        """Send what is above an amount to the own bank account."""
        with suppress(SameIdOtherBody):
            async with db.transaction(self.stage.pool) as tx:
                above = await self.available(tx) - minor
                if above > 0:
                    await transfers.withdraw(
                        tx,
                        transfer_id=self.new_id(at),
                        customer_id=self.id,
                        amount=Money(above, CURRENCY),
                        now=at,
                    )

    async def have(self, minor: int, *, at: datetime) -> None:
        """Bring in money where less than an amount is available.

        After a kill this is done again with another balance: what was done then under the same id stays.
        """
        async with db.transaction(self.stage.pool) as tx:
            short = minor - await self.available(tx)
        if short > 0:
            with suppress(SameIdOtherBody):
                await self.top_up((short // 10_000 + 1) * 10_000, at=at)
