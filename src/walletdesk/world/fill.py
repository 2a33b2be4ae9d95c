"""Fills an empty installation with the demo's world, once, and keeps its situations fresh.

The fill goes forward in steps, each a transaction that notes how far it came. Killed at any point, it goes on from
there with the same seed and the same present, so that the world is the one it would have been.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from walletdesk.guard.masking import mask_phone
from walletdesk.kit import crypto, db, marks
from walletdesk.kit.ids import AgentId, CustomerId
from walletdesk.people import actions as people
from walletdesk.people import queries as people_queries
from walletdesk.people.model import Agent, NewCustomer
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.accounts.model import NewWallet
from walletdesk.wallet.reference.payments import actions as payments
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.rails.model import Bank
from walletdesk.world import past, queries
from walletdesk.world.history import Move, history
from walletdesk.world.personas import Persona, embodied
from walletdesk.world.population import BANKS, Inhabitant, Shop, colleagues, inhabitants, shops
from walletdesk.world.queries import SituationRow
from walletdesk.world.situations import SCRIPTS, Scene
from walletdesk.world.stage import Cast, Stage

MARK: Final = "world"
"""Set when the world is complete; its presence means that this installation is a demo."""
_UNDERWAY: Final = "world_underway"
_DAYS_A_STEP: Final = 7
_QUIET: Final = timedelta(days=4)
"""Personas live quietly before their situation, so that nothing of their history mixes with it."""
FRESH: Final = timedelta(hours=12)
"""A situation that is older is made anew at the next start of the demo."""
_GENERATIONS: Final = 10

Tell = Callable[[str], None]


class World(msgspec.Struct, frozen=True):
    """Which world this is: all of it follows from these values."""

    seed: int
    customers: int
    days: int
    until: datetime
    steps: int = 0
    """How many steps of the fill are done."""

    @property
    def since(self) -> datetime:
        """When the youngest customers joined."""
        return self.until - timedelta(days=self.days + 30)


@dataclass(frozen=True, slots=True)
class Settlers:
    """Everybody and everything of a world."""

    shops: list[Shop]
    customers: list[Inhabitant]
    personas: list[tuple[Persona, Inhabitant]]

    @property
    def everybody(self) -> list[Inhabitant]:
        """All customers, personas included."""
        return [*self.customers, *(body for _, body in self.personas)]


def settlers(world: World) -> Settlers:
    """Return who lives in a world."""
    return Settlers(
        shops(world.seed, world.since),
        inhabitants(world.seed, world.customers, world.since),
        embodied(world.seed, world.since),
    )


async def read(pool: db.Pool) -> World | None:
    """Return the world of this installation, or None where it is no demo (or not complete)."""
    async with db.reading(pool) as tx:
        return _decoded(await marks.read(tx, MARK))


def _decoded(found: Any) -> World | None:
    return None if found is None else msgspec.convert(found, World)


async def fill(
    pool: db.Pool,
    *,
    box: crypto.Box,
    seed: int,
    customers: int,
    days: int,
    now: datetime,
    tell: Tell = lambda _: None,
) -> bool:
    """Make the world unless there is one, whatever its seed; return whether anything was made."""
    if await read(pool) is not None:
        return False
    async with db.transaction(pool) as tx:
        world = _decoded(await marks.read(tx, _UNDERWAY))
        if world is None:
            world = World(seed, customers, days, now)
            await _note(tx, world)
    everybody = settlers(world)
    weeks = _weeks(world, everybody)
    total = len(weeks) + 2
    if world.steps == 0:
        async with db.transaction(pool) as tx:
            await _settle_in(tx, world, everybody, box=box)
            world = await _note(tx, replace_steps(world, 1))
    for number, moves in enumerate(weeks, 1):
        tell(f"{number} / {total}")
        if world.steps <= number:
            async with db.transaction(pool) as tx:
                await past.write(tx, moves, now=world.until)
                world = await _note(tx, replace_steps(world, number + 1))
    tell(f"{total - 1} / {total}")
    async with db.transaction(pool) as tx:
        await queries.gather_statistics(tx)
    # Played at the present of the world, not of this process: what a killed fill has played already stays as it is.
    await _play(pool, world, everybody, now=world.until)
    async with db.transaction(pool) as tx:
        await marks.write(tx, MARK, msgspec.to_builtins(world, str_keys=True))
        await marks.remove(tx, _UNDERWAY)
    tell(f"{total} / {total}")
    return True


def replace_steps(world: World, steps: int) -> World:
    """Return the same world with more of it made."""
    return msgspec.structs.replace(world, steps=steps)


async def _note(tx: db.Tx, world: World) -> World:
    await marks.write(tx, _UNDERWAY, msgspec.to_builtins(world, str_keys=True))
    return world


def _weeks(world: World, everybody: Settlers) -> list[list[Move]]:
    """Cut the history at midnights into steps of some days; personas fall silent some days before the end."""
    bodies = {body.id for _, body in everybody.personas}
    quiet = world.until - _QUIET
    moves = [
        move
        for move in history(world.seed, everybody.everybody, everybody.shops, until=world.until, days=world.days)
        if move.at < quiet or not (move.customer.id in bodies or (move.payee is not None and move.payee.id in bodies))
    ]
    if not moves:
        return []
    first = past.day_of(moves[0].at)
    found: dict[int, list[Move]] = {}
    for move in moves:
        found.setdefault((past.day_of(move.at) - first).days // _DAYS_A_STEP, []).append(move)
    return [found[week] for week in sorted(found)]


async def _settle_in(tx: db.Tx, world: World, everybody: Settlers, *, box: crypto.Box) -> None:
    """Write banks, shops, customers with their wallets, and the people of the desk."""
    await rails.add_banks(tx, [Bank(bank.code, bank.zh, bank.en) for bank in BANKS])
    rows = [(shop.id, shop.zh, shop.en) for shop in everybody.shops]
    await payments.add_merchants(tx, rows, now=world.since)
    personas = {body.id: persona.name for persona, body in everybody.personas}
    for generation in range(_GENERATIONS):
        since = world.since - timedelta(days=67 * generation)
        members = everybody.everybody[generation::_GENERATIONS]
        await people.add_customers(tx, [_customer(one, personas.get(one.id)) for one in members], box=box, now=since)
        await accounts.open_wallets(tx, [_wallet(one) for one in members], now=since)
    for one in colleagues(world.seed, world.since):
        agent = Agent(AgentId(one.id), one.email, one.name, list(one.roles), list(one.skills), one.lang, capacity=2)
        await people_queries.insert_agent(tx, agent, password_hash=None, now=world.since)


def _customer(one: Inhabitant, persona: str | None) -> NewCustomer:
    return NewCustomer(
        CustomerId(one.id),
        one.name,
        one.phone,
        locale=one.locale,
        large_type=one.large_type,
        tier=one.tier,
        persona=persona,
    )


def _wallet(one: Inhabitant) -> NewWallet:
    return NewWallet(one.id, past.CURRENCY, mask_phone(one.phone), one.bank, one.account_tail)


async def refresh(pool: db.Pool, *, now: datetime, older_than: timedelta = FRESH) -> int:
    """Give every persona whose situation is old a new one of the same kind; return how many."""
    world = await read(pool)
    return 0 if world is None else await _play(pool, world, settlers(world), now=now, older_than=older_than)


async def _play(
    pool: db.Pool, world: World, everybody: Settlers, *, now: datetime, older_than: timedelta = FRESH
) -> int:
    async with db.reading(pool) as tx:
        before = {row.persona: row for row in await queries.list_situations(tx)}
    due = [
        (number, persona, body)
        for number, (persona, body) in enumerate(everybody.personas)
        if persona.name not in before or now - before[persona.name].made_at > older_than
    ]
    if not due:
        return 0
    stage = Stage(pool, world.seed, Cast(everybody.shops, everybody.customers), now)
    await _let_old_ones_end(stage, [before[p.name] for _, p, _ in due if p.name in before])
    scenes = [Scene(stage, persona, stage.actor(persona.name, body), n) for n, persona, body in due]
    for scene in scenes:
        SCRIPTS[scene.persona.name](scene)
    await stage.play()
    rows = [SituationRow(one.persona.name, one.actor.person.id, one.transaction_id, now) for one in scenes]
    async with db.transaction(pool) as tx:
        await queries.save_situations(tx, rows)
    return len(rows)


async def _let_old_ones_end(stage: Stage, rows: Sequence[SituationRow]) -> None:
    """Let what was lost or silent for the sake of an old situation find its end."""
    for row in rows:
        if row.transaction_id is not None:
            await stage.switch(f"order:{row.transaction_id}", "none", at=stage.until)
