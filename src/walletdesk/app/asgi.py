"""The application process: every door of every room on one port."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, cast

import uvicorn
from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from walletdesk.app import health, pages, part, wiring
from walletdesk.app.context import Context
from walletdesk.app.settings import Settings
from walletdesk.kit import clock, db, metrics, tasks, web
from walletdesk.kit.live import Hub
from walletdesk.kit.web import Who
from walletdesk.people import actions as people
from walletdesk.people.model import may

BODY_BYTES_MAX: Final = 11 * 1024 * 1024
SOCKET_BYTES_MAX: Final = 1024 * 1024
"""Past this a socket is cut off; the rooms refuse what is too long for them long before, and say so."""


async def identify(pool: db.Pool, door: str, secret: str) -> Who | None:
    """Find out whose session a secret is."""
    async with db.reading(pool) as tx:
        return await people.identify(tx, door, secret, now=clock.now())


def make_app(context: Context, hub: Hub) -> Litestar:
    """Put the doors together.

    Raises:
        ValueError: A route has no permission.
    """
    settings = context.settings

    @asynccontextmanager
    async def alive(app: Litestar) -> AsyncGenerator[None]:
        stop = asyncio.Event()
        listening = tasks.spawn(hub.listen(context.dsn, stop), name="live")
        async with wiring.doors(app, context, hub):
            try:
                yield
            finally:
                stop.set()
                await tasks.cancel(listening)

    app = Litestar(
        route_handlers=[*health.ROUTES, *pages.ROUTES, *wiring.ROUTES],
        dependencies={
            "who": Provide(web.provide_who),
            "pool": Provide(web.provide_pool),
            "lang": Provide(web.provide_lang),
        },
        guards=[web.guard_permission],
        exception_handlers=cast("Any", web.EXCEPTION_HANDLERS),
        middleware=[measured],
        lifespan=[alive],
        on_app_init=[_typed],
        openapi_config=OpenAPIConfig(
            title="walletdesk", version="1", path="/api/schema", render_plugins=[JsonRenderPlugin()]
        ),
        request_max_body_size=BODY_BYTES_MAX,
        state=State(
            {
                "pool": context.pool,
                "hub": hub,
                "context": context,
                "wallet": context.wallet,
                "box": context.box,
                "signer": context.signer,
                "verifier": context.verifier,
                "home": settings.home,
                "links": settings.links,
                "identify": identify,
                "may": may,
                "origins": frozenset(settings.origins),
                "frame_ancestors": settings.frame_ancestors,
                "secure_cookies": settings.secure_cookies,
            }
        ),
        debug=False,
        logging_config=None,
    )
    _refuse_open_routes(app)
    return app


def _typed(config: AppConfig) -> AppConfig:
    """Let handlers name the types of their dependencies without importing them at run time."""
    config.signature_namespace.update({"Who": Who, "State": State})
    return config


def _refuse_open_routes(app: Litestar) -> None:
    for route in app.routes:
        for handler in cast("list[BaseRouteHandler]", getattr(route, "route_handlers", [])) or [
            cast("BaseRouteHandler", getattr(route, "route_handler", None))
        ]:
            if str(route.path).startswith("/api/schema"):
                continue
            if "permission" not in handler.opt and "OPTIONS" not in getattr(handler, "http_methods", ()):
                raise ValueError(f"{route.path} has no permission")


def measured(app: ASGIApp) -> ASGIApp:
    """Count and time requests, and put the safety headers on every answer."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        started = time.perf_counter()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                present = {name.lower() for name, _ in headers}
                for name, value in web.HEADERS.items():
                    if name.encode() not in present:
                        headers.append((name.encode(), value.encode()))
                message["headers"] = headers
                metrics.REQUESTS.labels(scope["method"], message["status"]).inc()
                metrics.REQUEST_SECONDS.observe(time.perf_counter() - started)
            await send(message)

        await app(scope, receive, sending)

    return answer


Starter = Callable[[], Awaitable[None]]


async def serve(settings: Settings) -> None:
    """Serve until the process is told to stop; connections get a few seconds to finish."""
    from walletdesk.app.worker import connected  # noqa: PLC0415 - avoids loading the worker for tests

    stop = asyncio.Event()
    part.watch_parent(stop)
    context = await connected(settings)
    app = make_app(context, Hub())
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            ws="websockets-sansio",
            ws_max_size=SOCKET_BYTES_MAX,
            ws_per_message_deflate=False,
            loop="none",
            http="httptools",
            access_log=False,
            log_config=None,
            server_header=False,
            backlog=4096,
            timeout_graceful_shutdown=5,
        )
    )
    ending = tasks.spawn(_end(server, stop), name="end")
    await server.serve()
    await tasks.cancel(ending)
    await context.close()


async def _end(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.handle_exit(signal.SIGTERM, None)
