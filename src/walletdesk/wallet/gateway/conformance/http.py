"""The door at which the contract test hears what a wallet pushes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import uvicorn
from litestar import Litestar, Request, Response, post
from litestar.datastructures import State

from walletdesk.kit import tasks
from walletdesk.wallet.gateway.conformance.probe import Ear, Pushed


@post(["/", "/{anywhere:path}"], request_max_body_size=64 * 1024)
async def hear(request: Request[Any, Any, Any], state: State) -> Response[None]:
    """Keep a push, and take all but the first."""
    pushed = Pushed({name: request.headers[name] for name in request.headers}, await request.body())
    taken = cast("Ear", state.ear).hear(pushed)
    return Response(None, status_code=204 if taken else 500)


class _Beside(uvicorn.Server):
    """A server beside something else, which keeps the signals."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave the signals alone."""
        yield


@asynccontextmanager
async def listening(ear: Ear, host: str, port: int) -> AsyncGenerator[None]:
    """Listen for pushes for the length of a block."""
    app = Litestar(route_handlers=[hear], state=State({"ear": ear}), openapi_config=None, logging_config=None)
    config = uvicorn.Config(cast("Any", app), host=host, port=port, log_config=None, ws="none", lifespan="off")
    server = _Beside(config)
    running = tasks.spawn(server.serve(), name="ear")
    try:
        yield
    finally:
        server.should_exit = True
        await running
