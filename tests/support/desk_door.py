"""The staff's doors on a real server, with a wallet whose answers are given."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from PIL import Image
from websockets.asyncio.client import connect

from tests.support.chat_door import BOX, Line, _served, _typed, identify
from tests.support.talking import writing
from walletdesk.desk.conversations.model import Person
from walletdesk.desk.conversations.writer import Writer
from walletdesk.desk.routing import http
from walletdesk.guard.links import Policy
from walletdesk.kit import clock, db, tasks, web
from walletdesk.kit.ids import AgentId, CustomerId, new_id
from walletdesk.kit.live import Hub
from walletdesk.kit.money import Money
from walletdesk.people import actions as people
from walletdesk.people import queries
from walletdesk.people.model import Agent, NewCustomer, may
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
    OutcomeState,
    Restriction,
    Transaction,
    TransactionQuery,
    WalletEvent,
)

PROOF = {"x-walletdesk": "1"}


@dataclass
class GivenWallet:
    """A wallet of one customer, as an operator might plug in: what it shows is what was put into it."""

    owner: CustomerId | None = None
    shown: dict[UUID, Evidence] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    async def capabilities(self) -> Capabilities:
        return Capabilities("given", frozenset(CommandName), ("CNY",))

    async def customer(self, customer_id: CustomerId) -> CustomerView | None:
        self.reads.append("customer")
        since = datetime(2025, 3, 1, tzinfo=UTC)
        shown = CustomerView(customer_id, "王小明", "138****0021", 2, "zh", False, since)
        return shown if self._is(customer_id) else None

    async def accounts(self, customer_id: CustomerId) -> tuple[AccountView, ...]:
        if not self._is(customer_id):
            return ()
        cny = [Money(minor, "CNY") for minor in (12850, 2800, 10050)]
        return (AccountView("7", "CNY", *cny, "account/7", clock.now()),)

    async def entries(
        self, customer_id: CustomerId, account_id: str, *, before_seq: int | None, limit: int
    ) -> tuple[EntryView, ...]:
        return ()

    async def transactions(self, customer_id: CustomerId, query: TransactionQuery) -> tuple[Transaction, ...]:
        return tuple(one.transaction for one in self.shown.values()) if self._is(customer_id) else ()

    async def transaction(self, customer_id: CustomerId, transaction_id: UUID) -> Transaction | None:
        found = await self.evidence(customer_id, transaction_id)
        return found.transaction if found is not None else None

    async def evidence(
        self, customer_id: CustomerId, transaction_id: UUID, *, refresh: bool = False
    ) -> Evidence | None:
        return self.shown.get(transaction_id) if self._is(customer_id) else None

    async def restrictions(self, customer_id: CustomerId) -> tuple[Restriction, ...]:
        if not self._is(customer_id):
            return ()
        return (Restriction("restriction/1", "pin", True, False, datetime(2026, 1, 1, tzinfo=UTC), None),)

    async def limits(self, customer_id: CustomerId) -> tuple[Limit, ...]:
        return ()

    async def incidents(self) -> tuple[Incident, ...]:
        return ()

    async def act(self, command: Command) -> Outcome:
        return Outcome(OutcomeState.DONE, record="notice/2")

    async def events(self, after: str | None, *, limit: int = 200) -> tuple[WalletEvent, ...]:
        return ()

    def _is(self, customer_id: CustomerId) -> bool:
        return customer_id == self.owner


@dataclass
class Staff:
    """Somebody of the staff who is signed in."""

    id: UUID
    secret: str
    name: str

    @property
    def cookie(self) -> str:
        return f"wd_staff={self.secret}"


@dataclass
class Desk:
    """A running server; `url` is where it is."""

    pool: db.Pool
    hub: Hub
    writer: Writer
    wallet: GivenWallet
    url: str
    home: Path

    async def staff(self, name: str = "Mei", **about: Any) -> Staff:
        """Let somebody of the staff in; `about` may name roles, skills, lang, capacity."""
        agent = Agent(
            AgentId(new_id()), f"{new_id().hex}@example.org", name, list(about.get("roles", ["agent"])),
            list(about.get("skills", ["general"])), about.get("lang", "zh"), about.get("capacity", 2),
        )  # fmt: skip
        async with db.transaction(self.pool) as tx:
            await queries.insert_agent(tx, agent, password_hash=None, now=clock.now())
            link = await people.make_link(tx, door="staff", person_id=agent.id, now=clock.now())
            session, _ = await people.sign_in_by_link(tx, link, door="staff", now=clock.now())
        return Staff(agent.id, session.secret, name)

    async def customer(self, name: str = "王小明") -> Person:
        customer = NewCustomer(CustomerId(new_id()), name, f"139{new_id().int % 10**8:08d}")
        async with db.transaction(self.pool) as tx:
            await people.add_customers(tx, [customer], box=BOX, now=clock.now())
        self.wallet.owner = customer.id
        return Person("customer", customer.id, name)

    def client(self, staff: Staff | None = None, **headers: str) -> httpx.AsyncClient:
        """A browser's requests; the console adds the header that no foreign page can."""
        cookie = {"cookie": staff.cookie} if staff else {}
        return httpx.AsyncClient(base_url=self.url, headers={**cookie, **PROOF, **headers}, timeout=30)

    @asynccontextmanager
    async def line(self, staff: Staff | None, *, origin: str | None = None) -> AsyncGenerator[Line]:
        headers = {"cookie": staff.cookie} if staff else {}
        if origin:
            headers["origin"] = origin
        async with connect(
            self.url.replace("http", "ws", 1) + "/ws/desk", additional_headers=headers, max_size=2**22
        ) as found:
            line = Line(found)
            try:
                yield line
            finally:
                line.stop()

    async def audited(self, action: str) -> list[dict[str, Any]]:
        async with db.reading(self.pool) as tx:
            rows = await tx.fetch(
                "SELECT actor_id, object, details FROM people.audit WHERE action = $1 ORDER BY xid, id", action
            )
        return [dict(row) for row in rows]


def desk_app(state: dict[str, Any]) -> Litestar:
    """The staff's doors alone, put together as the product does."""
    return Litestar(
        http.ROUTES,
        dependencies={
            "who": Provide(web.provide_who), "pool": Provide(web.provide_pool), "lang": Provide(web.provide_lang)
        },
        guards=[web.guard_permission],
        exception_handlers=web.EXCEPTION_HANDLERS,  # type: ignore[arg-type]
        on_app_init=[_typed],
        request_max_body_size=11 * 1024 * 1024,
        state=State(state),
        debug=False,
        logging_config=None,
    )  # fmt: skip


@asynccontextmanager
async def desk_door(pool: db.Pool, dsn: str, home: Path) -> AsyncGenerator[Desk]:
    """Serve the staff's doors on a free port of the loopback interface."""
    hub, stop, wallet = Hub(), asyncio.Event(), GivenWallet()
    async with writing(pool, hub=hub) as writer:
        app = desk_app(
            {
                "pool": pool, "hub": hub, "writer": writer, "home": home, "identify": identify, "may": may,
                "wallet": wallet, "origins": frozenset({"https://desk.example"}),
                "links": Policy(own=("walletdesk.example",)),
            }
        )  # fmt: skip
        heard = asyncio.Event()
        hub.on_reconnect(heard.set)
        listening = tasks.spawn(hub.listen(dsn, stop), name="live")
        await asyncio.wait_for(heard.wait(), 10)
        async with _served(app) as url:
            yield Desk(pool, hub, writer, wallet, url, home)
        stop.set()
        await asyncio.wait({listening}, timeout=5)


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return out.getvalue()
