"""The demo: an installation filled with a simulated world, and ways into it for whoever looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from walletdesk.app.context import Context
from walletdesk.kit import clock, db
from walletdesk.people import actions as people
from walletdesk.people import queries as people_queries
from walletdesk.world import fill as world
from walletdesk.world.personas import FIRST
from walletdesk.world.population import AGENT_EMAIL, SUPERVISOR_EMAIL

_STAFF: Final = (("agent_as", AGENT_EMAIL), ("supervisor_as", SUPERVISOR_EMAIL))


async def fill(context: Context, *, tell: Callable[[str, str], None]) -> None:
    """Make the world at the first start; at later ones give personas fresh situations where theirs are old.

    Safe to repeat: a world that is there is left as it is, and a fill that was killed goes on.
    """
    settings = context.settings
    await world.fill(
        context.pool,
        box=context.box,
        seed=settings.demo_seed,
        customers=settings.demo_customers_count,
        days=settings.demo_history_days,
        now=clock.now(),
        tell=lambda done: tell("world", done),
    )
    await world.refresh(context.pool, now=clock.now())


async def links(context: Context) -> list[tuple[str, str]]:
    """Make one-time ways in: for a customer, an agent and a supervisor; the visitor's chat needs none."""
    now = clock.now()
    found: list[tuple[str, str]] = []
    async with db.transaction(context.pool) as tx:
        customer = await people_queries.find_persona(tx, FIRST)
        if customer is not None:
            secret = await people.make_link(tx, door="wallet", person_id=customer.id, now=now)
            found.append(("chat_as", f"/w/{secret}"))
        staff = {agent.email: agent.id for agent in await people_queries.list_agents(tx)}
        for key, email in _STAFF:
            if email in staff:
                secret = await people.make_link(tx, door="staff", person_id=staff[email], now=now)
                found.append((key, f"/sign-in/{secret}"))
    return [*found, ("visitor", "/chat")]
