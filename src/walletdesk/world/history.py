"""What happened before today: ninety days of ordinary life, as a pure function of the seed.

Balances are kept along the way, so that nobody ever spends what he does not have and the ledger's floors hold.
Times of day are the customers' own (UTC+8); amounts are minor units of CNY.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Final
from uuid import UUID

from walletdesk.world.population import Inhabitant, Shop, uuid7

OFFSET: Final = timedelta(hours=8)
"""The customers live in UTC+8."""


class Sort(StrEnum):
    """What sort of thing happened."""

    TOP_UP = "top_up"
    PAYMENT = "payment"
    TRANSFER = "transfer"
    WITHDRAWAL = "withdrawal"
    DECLINED = "declined"
    """A payment that was refused for want of money."""
    RETURNED = "returned"
    """A transfer to a bank account that the bank sent back."""
    REVERSED = "reversed"
    """A payment that the shop gave back in full some hours later."""


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that happened to one customer; `then` is when the money came back, where it did."""

    id: UUID
    sort: Sort
    at: datetime
    customer: Inhabitant
    amount_minor: int
    shop: Shop | None = None
    payee: Inhabitant | None = None
    then: datetime | None = None
    by_card: bool = False


class _Life:
    """Walks through the days and keeps everybody's balance."""

    def __init__(self, seed: int, people: Sequence[Inhabitant], shops: Sequence[Shop], start: datetime) -> None:
        self.chance = Random(f"{seed}:history")  # noqa: S311 - a simulation
        self.people = people
        self.shops = shops
        self.weights = [shop.weight for shop in shops]
        self.start = start
        self.balance: dict[UUID, int] = {person.id: 0 for person in people}
        self.moves: list[Move] = []
        self.returning: list[tuple[datetime, UUID, int]] = []
        self.favourites = {person.id: self.chance.choices(shops, self.weights, k=6) for person in people}
        self.friends = {person.id: self.chance.sample(people, min(5, len(people))) for person in people}

    def add(self, sort: Sort, at: datetime, person: Inhabitant, amount: int, **more: object) -> None:
        made = Move(uuid7(self.chance, at), sort, at, person, amount, **more)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        self.moves.append(made)
        if made.then is not None:
            self.returning.append((made.then, person.id, amount))

    def day(self, number: int) -> None:
        midnight = self.start + timedelta(days=number)
        local_day = (midnight + OFFSET).day
        plans: list[tuple[datetime, Inhabitant, str]] = []
        for person in self.people:
            if number == 0:
                plans.append((midnight + timedelta(seconds=self.chance.randrange(3_600)), person, "open"))
            if local_day == person.salary_day:
                plans.append((midnight + timedelta(hours=1, minutes=self.chance.randrange(180)), person, "salary"))
            for _ in range(_times(self.chance, person.a_day)):
                plans.append((midnight + _hour(self.chance), person, "buy"))
            if self.chance.random() < 0.08:
                plans.append((midnight + _hour(self.chance), person, "send"))
            if self.chance.random() < 0.012:
                plans.append((midnight + _hour(self.chance), person, "withdraw"))
        for at, person, what in sorted(plans, key=lambda plan: (plan[0], plan[1].id.int)):
            self.take_back(at)
            _DEEDS[what](self, at, person)

    def take_back(self, at: datetime) -> None:
        """Credit what has come back by now."""
        due = [one for one in self.returning if one[0] <= at]
        if due:
            self.returning = [one for one in self.returning if one[0] > at]
            for _, person_id, amount in due:
                self.balance[person_id] += amount

    def have(self, at: datetime, person: Inhabitant, amount: int) -> None:
        """Top up a minute before when the balance is too small."""
        short = amount - self.balance[person.id]
        if short > 0:
            rounded = (short // 20_000 + self.chance.choice((1, 2, 3))) * 20_000
            self.top_up(at - timedelta(seconds=self.chance.randrange(40, 90)), person, rounded)

    def top_up(self, at: datetime, person: Inhabitant, amount: int) -> None:
        self.add(Sort.TOP_UP, at, person, amount)
        self.balance[person.id] += amount

    def open(self, at: datetime, person: Inhabitant) -> None:
        self.top_up(at, person, self.chance.randrange(5, 60) * 10_000)

    def salary(self, at: datetime, person: Inhabitant) -> None:
        self.top_up(at, person, person.salary_minor)

    def buy(self, at: datetime, person: Inhabitant) -> None:
        if self.chance.random() < 0.75:
            shop = self.chance.choice(self.favourites[person.id])
        else:
            shop = self.chance.choices(self.shops, self.weights)[0]
        amount = _price(self.chance, shop)
        if self.chance.random() < 0.12:
            self.add(Sort.PAYMENT, at, person, amount, shop=shop, by_card=True)
            return
        if amount > self.balance[person.id] and self.chance.random() < 0.4:
            self.add(Sort.DECLINED, at - timedelta(minutes=3), person, amount, shop=shop)
        self.have(at, person, amount)
        self.balance[person.id] -= amount
        if self.chance.random() < 0.012:
            then = at + timedelta(hours=self.chance.uniform(1, 40))
            self.add(Sort.REVERSED, at, person, amount, shop=shop, then=then)
        else:
            self.add(Sort.PAYMENT, at, person, amount, shop=shop)

    def send(self, at: datetime, person: Inhabitant) -> None:
        friend = self.chance.choice(self.friends[person.id])
        amount = self.chance.choice((1_000, 2_000, 5_000, 5_200, 6_600, 8_800, 10_000, 20_000, 30_000))
        if friend.id == person.id:
            return
        self.have(at, person, amount)
        self.balance[person.id] -= amount
        self.balance[friend.id] += amount
        self.add(Sort.TRANSFER, at, person, amount, payee=friend)

    def withdraw(self, at: datetime, person: Inhabitant) -> None:
        amount = self.balance[person.id] // 2 // 1_000 * 1_000
        if amount < 5_000:
            return
        self.balance[person.id] -= amount
        if self.chance.random() < 0.08:
            then = at + timedelta(hours=self.chance.uniform(2, 20))
            self.add(Sort.RETURNED, at, person, amount, then=then)
        else:
            self.add(Sort.WITHDRAWAL, at, person, amount)


_DEEDS: Final = {
    "open": _Life.open,
    "salary": _Life.salary,
    "buy": _Life.buy,
    "send": _Life.send,
    "withdraw": _Life.withdraw,
}


def _times(chance: Random, average: float) -> int:
    whole = int(average)
    return whole + (1 if chance.random() < average - whole else 0)


def _hour(chance: Random) -> timedelta:
    """Choose a time between seven and eleven in the evening, more often near noon and six."""
    hour = chance.choice((chance.uniform(7, 23), chance.gauss(12.2, 1.0), chance.gauss(18.5, 1.5)))
    return timedelta(hours=min(23.4, max(7.0, hour)))


def _price(chance: Random, shop: Shop) -> int:
    """Choose an amount in the shop's range, small ones more often, often ending in .00, .50 or .90."""
    amount = shop.low + (shop.high - shop.low) * chance.random() ** 2.2
    step = chance.choice((100, 100, 50, 10))
    return max(100, int(amount) // step * step)


def history(
    seed: int, people: Sequence[Inhabitant], shops: Sequence[Shop], *, until: datetime, days: int
) -> list[Move]:
    """Return all that happened in the `days` before `until`, in order of time; nothing in the last hour."""
    local = until + OFFSET
    start = (local - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0) - OFFSET
    life = _Life(seed, people, shops, start)
    for number in range(days + 1):
        life.day(number)
    last = until - timedelta(hours=1)
    return sorted((one for one in life.moves if (one.then or one.at) <= last), key=lambda one: (one.at, one.id.int))
