"""A small filled world, made once for the whole run; each test that changes it has a copy of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import httpx
import pytest
from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp

from walletdesk.kit import clock, db, web
from walletdesk.kit.crypto import Box
from walletdesk.kit.pg import Server
from walletdesk.kit.web import Who
from walletdesk.people import actions as people
from walletdesk.people.model import may
from walletdesk.people.tokens import Signer
from walletdesk.wallet.reference import http as wallet_doors
from walletdesk.world import fill
from walletdesk.world import http as world_doors

TODAY = datetime(2026, 3, 11, 7, 30, 2, tzinfo=UTC)
"""A Wednesday afternoon where the customers live."""
BOX = Box({1: b"w" * 32})
SEED, CUSTOMERS, DAYS = 7, 30, 12
TEMPLATE = "walletdesk_world"


async def make(pool: db.Pool, **changes: object) -> bool:
    """Fill a database with the small world."""
    given: dict[str, object] = {"seed": SEED, "customers": CUSTOMERS, "days": DAYS, "now": TODAY, **changes}
    return await fill.fill(pool, box=BOX, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
async def world_template(server: Server, template: str) -> str:
    """The name of a database with the small world; nobody is connected to it."""
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE {template}")
    await admin.close()
    pool = await db.open_pool(server.dsn(TEMPLATE), size_min=1, size_max=8)
    await make(pool)
    await pool.close()
    return TEMPLATE


@pytest.fixture
async def world(server: Server, world_template: str) -> AsyncGenerator[db.Pool]:
    """A pool on a copy of the small world; the clock stands at its present."""
    name = f"w_{uuid4().hex}"
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {world_template}")
    pool = await db.open_pool(server.dsn(name), size_min=1, size_max=8)
    with clock.using(clock.VirtualClock(TODAY)):
        yield pool
    await pool.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def _identify(pool: db.Pool, door: str, secret: str) -> Who | None:
    async with db.reading(pool) as tx:
        return await people.identify(tx, door, secret, now=clock.now())


def _typed(config: AppConfig) -> AppConfig:
    config.signature_namespace.update({"Who": Who, "State": State})
    return config


@asynccontextmanager
async def doors(pool: db.Pool, signer: Signer) -> AsyncGenerator[httpx.AsyncClient]:
    """Speak to the doors of wallet and demo as a page of ours does."""
    app: ASGIApp = Litestar(
        route_handlers=[*wallet_doors.ROUTES, *world_doors.ROUTES],
        dependencies={
            "who": Provide(web.provide_who),
            "pool": Provide(web.provide_pool),
            "lang": Provide(web.provide_lang),
        },
        guards=[web.guard_permission],
        exception_handlers=web.EXCEPTION_HANDLERS,  # type: ignore[arg-type]
        on_app_init=[_typed],
        openapi_config=None,
        state=State(
            {"pool": pool, "box": BOX, "signer": signer, "identify": _identify, "may": may, "secure_cookies": False}
        ),
    )
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(
        transport=transport, base_url="http://desk", headers={"x-walletdesk": "1", "accept-language": "en"}
    ) as client:
        yield client
