"""The door of the staff's socket: who may come in, and the lines of this process."""

from __future__ import annotations

from typing import cast

from litestar import websocket
from litestar.datastructures import State

from walletdesk.desk.conversations.writer import Writer
from walletdesk.desk.routing.live.feed import Feed
from walletdesk.desk.routing.live.line import CLOSE_FOREIGN, GONE, Line, Parts, Socket
from walletdesk.guard.links import Policy
from walletdesk.kit import db, metrics, web
from walletdesk.kit.live import Hub
from walletdesk.kit.web import Identify


def _parts(state: State) -> Parts:
    return Parts(
        cast("db.Pool", state.pool),
        cast("Hub", state.hub),
        cast("Writer", state.writer),
        cast("Identify", state.identify),
        cast("Policy", state.links),
    )


def _feed(state: State, parts: Parts) -> Feed:
    if "desk_feed" not in state:
        state["desk_feed"] = Feed(parts.pool, parts.hub)
    return cast("Feed", state.desk_feed)


@websocket("/ws/desk", opt={"permission": "desk.read"})
async def desk_socket(socket: Socket) -> None:
    """Speak the console's protocol with somebody of the staff; the cookie says who it is."""
    if not web.origin_is_own(socket):
        await socket.close(CLOSE_FOREIGN)
        return
    secret = web.secret_of(socket, "staff") or ""
    who = await web.who_is(socket, ("staff",))
    await socket.accept()
    parts = _parts(socket.app.state)
    feed = _feed(socket.app.state, parts)
    line = Line(socket, parts, who, secret)
    metrics.SOCKETS.labels("staff").inc()
    feed.join(line)
    try:
        await line.listen()
    except GONE:
        return
    finally:
        feed.leave(line)
        metrics.SOCKETS.labels("staff").dec()


ROUTES = [desk_socket]
