"""What happened to each persona: scripts for the stage, one for each situation, under the persona's name.

Times are counted back from now. Ten hours ago is long enough for a shop's notices to have been tried for the last
time, fifty hours for a settlement, five for a promise of two hours to be over.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from walletdesk.kit import db
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.money import Money
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.accounts import queries as account_queries
from walletdesk.wallet.reference.accounts.model import LimitKind, RestrictionKind
from walletdesk.wallet.reference.payments import actions as payments
from walletdesk.wallet.reference.transfers.model import Payee, to_bank, to_wallet
from walletdesk.world.past import CURRENCY
from walletdesk.world.personas import Persona
from walletdesk.world.population import BANKS, Shop
from walletdesk.world.stage import Actor, Stage

TWO_DAYS: Final = timedelta(hours=50)
TEN_HOURS: Final = timedelta(hours=10)
FIVE_HOURS: Final = timedelta(hours=5)
AN_HOUR: Final = timedelta(minutes=50)
JUST_NOW: Final = timedelta(minutes=25)
_EARLIER: Final = timedelta(minutes=3)
"""How long before the situation its preparations are made."""
_SPACING: Final = timedelta(seconds=5)
_PLACES: Final = 6
COFFEE, BREAKFAST, MARKET, BOOKS, SUSPENDED = 0, 1, 6, 14, -1
"""Places of shops in the list of the world."""


@dataclass(slots=True)
class Scene:
    """One persona's part of the timeline, and the transaction that it comes to be about."""

    stage: Stage
    persona: Persona
    actor: Actor
    number: int
    transaction_id: UUID | None = field(default=None)

    def back(self, ago: timedelta) -> datetime:
        """Return a moment of the past; not all personas act in the same second."""
        return self.stage.until - ago + self.number % _PLACES * _SPACING

    def shop(self, place: int) -> Shop:
        """Return a shop of the world."""
        return self.stage.cast.shops[place]

    def plan(self, ago: timedelta, act: Callable[[datetime], Awaitable[UUID | None]]) -> None:
        """Let something happen; the transaction that it returns is what the situation is about."""

        async def acting(at: datetime) -> None:
            self.transaction_id = await act(at) or self.transaction_id

        self.stage.plan(self.back(ago), acting)


Script = Callable[[Scene], None]


def pays(
    fault: str = "none",
    *,
    minor: int = 2_800,
    shop: int = COFFEE,
    source: Literal["balance", "card"] = "balance",
    ago: timedelta = JUST_NOW,
    intended: int | None = None,
    provided: bool = True,
) -> Script:
    """Pay a shop with a fault in the way, from enough money unless `provided` is false."""

    def script(scene: Scene) -> None:
        if provided:
            _provide(scene, ago, minor * 2)

        async def act(at: datetime) -> UUID:
            meant = None if intended is None else scene.shop(intended)
            return await scene.actor.pay(scene.shop(shop), minor, at=at, source=source, fault=fault, intended=meant)

        scene.plan(ago, act)

    return script


def sends(
    fault: str = "none",
    *,
    minor: int = 20_000,
    ago: timedelta = JUST_NOW,
    mode: str = "instant",
    to: Callable[[Scene], Payee] | None = None,
    provided: bool = True,
) -> Script:
    """Send money, to a bank account unless somebody else is named, with a fault in the way."""

    def script(scene: Scene) -> None:
        if provided:
            _provide(scene, ago, minor * 2)

        async def act(at: datetime) -> UUID:
            payee = to(scene) if to else _account(scene)
            return await scene.actor.send(payee, minor, at=at, mode=mode, fault=fault)

        scene.plan(ago, act)

    return script


def then(first: Script, *more: Script) -> Script:
    """Play several scripts on one timeline."""

    def script(scene: Scene) -> None:
        for one in (first, *more):
            one(scene)

    return script


def _provide(scene: Scene, ago: timedelta, minor: int) -> None:
    async def act(at: datetime) -> None:
        await scene.actor.have(max(minor, 30_000), at=at)

    scene.plan(ago + _EARLIER, act)


def _account(scene: Scene) -> Payee:
    """Return a bank account of somebody outside: a new one for each persona and each time, known to nobody yet."""
    tail = scene.actor.new_id(scene.stage.until).int % 10_000
    friend = scene.stage.cast.friends[scene.number % len(scene.stage.cast.friends)]
    return to_bank(BANKS[scene.number % len(BANKS)].code, f"{tail:04d}", friend.name)


def _friend(scene: Scene) -> Payee:
    return to_wallet(scene.stage.cast.friends[0].id)


def _stranger(scene: Scene) -> Payee:
    return to_wallet(scene.stage.cast.friends[1].id, "王不存在")


def _blocked_friend(scene: Scene) -> Payee:
    return to_wallet(scene.stage.cast.friends[2].id)


def heals(after: timedelta) -> Script:
    """End the fault of the situation's transaction, so that what is tried from then on works."""

    def script(scene: Scene) -> None:
        async def act(at: datetime) -> None:
            if scene.transaction_id is not None:
                await scene.stage.switch(f"order:{scene.transaction_id}", "none", at=at)

        scene.plan(after, act)

    return script


def spends_down(minor: int) -> Script:
    """Leave little on the account."""

    def script(scene: Scene) -> None:
        async def act(at: datetime) -> None:
            await scene.actor.keep_only(minor, at=at)

        scene.plan(AN_HOUR, act)

    return script


def limited(room: int) -> Script:
    """Let the day's limit leave no more than an amount."""

    def script(scene: Scene) -> None:
        async def act(at: datetime) -> None:
            async with db.transaction(scene.stage.pool) as tx:
                rows = await accounts.limits_of(tx, scene.actor.id, CURRENCY, now=at)
                used = next(row.used_minor for row in rows if row.kind == LimitKind.DAY)
                await accounts.set_limit(tx, scene.actor.id, LimitKind.DAY, used + room, now=at)

        scene.plan(JUST_NOW + timedelta(minutes=1), act)

    return script


def restricted(kind: RestrictionKind) -> Script:
    """Keep the customer from paying."""

    def script(scene: Scene) -> None:
        async def act(at: datetime) -> None:
            await _restrict(scene, scene.actor.person.id, kind, debit=True, at=at)

        scene.plan(JUST_NOW + timedelta(minutes=1), act)

    return script


def friend_cannot_receive(scene: Scene) -> None:
    """Keep a friend from receiving."""

    async def act(at: datetime) -> None:
        await _restrict(scene, scene.stage.cast.friends[2].id, RestrictionKind.RISK, debit=False, at=at)

    scene.plan(AN_HOUR, act)


async def _restrict(scene: Scene, customer_id: UUID, kind: RestrictionKind, *, debit: bool, at: datetime) -> None:
    """Restrict somebody, unless an earlier situation has."""
    async with db.transaction(scene.stage.pool) as tx:
        if any(row.kind == kind for row in await account_queries.list_restrictions(tx, customer_id, now=at)):
            return
        await accounts.restrict(tx, CustomerId(customer_id), kind, blocks_debit=debit, blocks_credit=not debit, now=at)


def shop_is(state: Literal["open", "frozen"], ago: timedelta) -> Script:
    """Suspend the shop that is there for it, or let it be paid again."""

    def script(scene: Scene) -> None:
        async def act(at: datetime) -> None:
            async with db.transaction(scene.stage.pool) as tx:
                await payments.set_merchant_state(tx, scene.shop(SUSPENDED).id, state, now=at)

        scene.plan(ago, act)

    return script


def never_confirmed(scene: Scene) -> None:
    """Open the cashier; the customer's confirmation gets lost on his way to us."""

    async def act(at: datetime) -> UUID:
        payment_id = scene.actor.new_id(at)
        async with db.transaction(scene.stage.pool) as tx:
            await payments.prepare(
                tx,
                payment_id=payment_id,
                customer_id=scene.actor.id,
                merchant_id=scene.shop(COFFEE).id,
                amount=Money(3_200, CURRENCY),
                now=at,
            )
        return payment_id

    scene.plan(JUST_NOW, act)


def tops_up(fault: str, *, minor: int = 50_000, ago: timedelta = FIVE_HOURS) -> Script:
    """Bring money in with a fault in the way."""

    def script(scene: Scene) -> None:
        async def act(at: datetime) -> UUID:
            return await scene.actor.top_up(minor, at=at, fault=fault)

        scene.plan(ago, act)

    return script


def _card(fault: str, minor: int = 12_800) -> Script:
    return pays(fault, minor=minor, shop=MARKET, source="card")


_WEEKS: Final = "delay:2592000"

SCRIPTS: Final[dict[str, Script]] = {
    "merchant-silent": then(pays("shop_silent", ago=TEN_HOURS), heals(AN_HOUR)),
    "elder": then(pays("shop_silent", minor=1_150, shop=BREAKFAST, ago=TEN_HOURS), heals(AN_HOUR)),
    "merchant-order-open": then(pays("ok_but_open", minor=4_560, shop=BOOKS), heals(timedelta(minutes=5))),
    "order-closed": pays("closed", minor=6_900, shop=BOOKS),
    "settled-proof": pays(minor=5_200, ago=TWO_DAYS),
    "wrong-payee": pays(minor=3_600, shop=MARKET, intended=COFFEE),
    "merchant-frozen": then(
        shop_is("open", AN_HOUR),
        pays(minor=7_700, shop=SUSPENDED),
        shop_is("frozen", timedelta(minutes=10)),
    ),
    "paid-but-failed": pays("silent:100", minor=8_800, shop=MARKET, source="card"),
    "void-now": pays("silent:2100+decline:do_not_honor", minor=9_900, shop=MARKET, ago=AN_HOUR),
    "reverse-posted": pays("contradict", minor=15_000, shop=MARKET),
    "pending-upstream": pays("silent", minor=6_600, shop=MARKET),
    "bank-side": pays("bank_debit", minor=18_800, shop=MARKET, source="card"),
    "declined-funds": then(spends_down(3_000), pays(minor=8_800, shop=MARKET, provided=False)),
    "declined-limit": then(limited(2_000), pays(minor=9_900, shop=MARKET)),
    "pin-wrong": _card("decline:pin_wrong"),
    "auth-needed": _card("decline:auth_needed"),
    "card-expired": _card("decline:card_expired"),
    "card-invalid": _card("decline:account_invalid"),
    "card-blocked": _card("decline:account_blocked"),
    "card-declined": _card("decline:do_not_honor"),
    "merchant-unsupported": _card("decline:not_permitted"),
    "risk-hold": _card("decline:fraud", minor=88_800),
    "blocked": then(restricted(RestrictionKind.KYC), pays(minor=4_200)),
    "rail-down": pays("down", minor=5_600, shop=MARKET),
    "not-sent": never_confirmed,
    "transfer-bad-payee": sends(to=_stranger),
    "payee-blocked": then(friend_cannot_receive, sends(to=_blocked_friend)),
    "transfer-funds": then(spends_down(3_000), sends(minor=50_000, to=_friend, provided=False)),
    "transfer-limit": then(limited(2_000), sends(minor=30_000, to=_friend)),
    "transfer-restricted": then(restricted(RestrictionKind.RISK), sends(to=_friend)),
    "transfer-risk": sends("decline:fraud", minor=88_000),
    "bank-down": sends("down"),
    "transfer-declined": sends("decline:do_not_honor"),
    "transfer-pending": sends("silent", ago=FIVE_HOURS),
    "transfer-in-time": sends(_WEEKS, mode="ordinary"),
    "transfer-scheduled": sends(mode="next_day", to=_friend),
    "risk-review": sends(minor=320_000, ago=AN_HOUR),
    "credited-at-bank": sends(ago=FIVE_HOURS),
    "transfer-returned": sends("return:account_closed", ago=FIVE_HOURS),
    "trace": sends(_WEEKS, mode="ordinary", ago=TWO_DAYS),
    "topup-late": tops_up(_WEEKS),
}
"""By the name of the persona; a test holds it against the list of personas."""
