"""The help centre's doors in this process, with whoever reads, writes or reviews."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from tests.support.chat_door import BOX, _typed, identify
from walletdesk.desk.helpcentre import http
from walletdesk.kit import clock, db, web
from walletdesk.kit.ids import AgentId, CustomerId, new_id
from walletdesk.people import actions as people
from walletdesk.people import queries
from walletdesk.people.model import Agent, ChatClaims, NewCustomer, may

URL = "http://help.example"


@dataclass
class HelpDesk:
    """The doors, and ways to come through them."""

    pool: db.Pool
    app: Litestar

    def client(self, **headers: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url=URL, headers=headers, follow_redirects=False
        )

    async def staff(self, *roles: str) -> tuple[UUID, httpx.AsyncClient]:
        """Let somebody of the staff in; return who it is and his browser."""
        agent = Agent(AgentId(new_id()), f"{new_id().hex}@example.org", "Mei", list(roles), ["general"], "en", 2)
        async with db.transaction(self.pool) as tx:
            await queries.insert_agent(tx, agent, password_hash=None, now=clock.now())
            link = await people.make_link(tx, door="staff", person_id=agent.id, now=clock.now())
            session, _ = await people.sign_in_by_link(tx, link, door="staff", now=clock.now())
        return agent.id, self.client(cookie=f"wd_staff={session.secret}", **{web.PROOF_HEADER: "1"})

    async def customer(self, customer: CustomerId | None = None) -> tuple[CustomerId, httpx.AsyncClient]:
        """Let a customer into his wallet; return who it is and his browser."""
        one = NewCustomer(customer or CustomerId(new_id()), "王小明", f"139{new_id().int % 10**8:08d}")
        async with db.transaction(self.pool) as tx:
            await people.add_customers(tx, [one], box=BOX, now=clock.now())
            link = await people.make_link(tx, door="wallet", person_id=one.id, now=clock.now())
            session, _ = await people.sign_in_by_link(tx, link, door="wallet", now=clock.now())
        return one.id, self.client(cookie=f"wd_wallet={session.secret}")

    async def chatting(self, customer: CustomerId) -> httpx.AsyncClient:
        """Let a customer into the chat."""
        claims = ChatClaims(customer, str(new_id()), clock.now())
        async with db.transaction(self.pool) as tx:
            chat = await people.open_chat_session(tx, claims, locale="zh", now=clock.now())
        return self.client(authorization=f"Bearer {chat.session.secret}")


@asynccontextmanager
async def help_desk(pool: db.Pool, **state: Any) -> AsyncGenerator[HelpDesk]:
    """Put the doors together as the product does."""
    given = {"pool": pool, "box": BOX, "identify": identify, "may": may, "origins": frozenset(), **state}
    app = Litestar(
        http.ROUTES,
        dependencies={
            "who": Provide(web.provide_who), "pool": Provide(web.provide_pool), "lang": Provide(web.provide_lang)
        },
        guards=[web.guard_permission],
        exception_handlers=web.EXCEPTION_HANDLERS,  # type: ignore[arg-type]
        on_app_init=[_typed],
        state=State(given),
        debug=False,
        logging_config=None,
    )  # fmt: skip
    yield HelpDesk(pool, app)
