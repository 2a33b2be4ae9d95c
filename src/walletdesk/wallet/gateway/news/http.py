"""The door at which a wallet tells its news."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from walletdesk.kit import clock, db, limits
from walletdesk.kit.web import RouteUnknown
from walletdesk.people import audit
from walletdesk.people.model import Deed
from walletdesk.wallet.gateway.contract import hooks, shapes, wire
from walletdesk.wallet.gateway.model import WalletEvent
from walletdesk.wallet.gateway.news import actions
from walletdesk.wallet.gateway.news.model import HookChanged, HookInvalid, HookOld, HookUnproved

HOOK_BYTES_MAX: Final = 64 * 1024
Pool = NamedDependency[SkipValidation[db.Pool]]
_written = limits.Buckets(burst=10, per_seconds=60)
"""How many attempts a minute are written into the audit log; more of them say nothing more."""
_log = logging.getLogger(__name__)


class Heard(msgspec.Struct):
    """Whether the news was new; a piece that was told before is taken without effect, so that it is not sent on."""

    new: bool


@post("/api/wallet/events", opt={"permission": "public"}, status_code=200, request_max_body_size=HOOK_BYTES_MAX)
async def hear(request: Request[Any, Any, Any], pool: Pool) -> Heard:
    """Hear news of the operator's wallet (Standard Webhooks): proved, not older than five minutes, each once."""
    secrets = cast("tuple[bytes, ...]", getattr(request.app.state, "hook_secrets", ()))
    if not secrets:
        raise RouteUnknown
    now, body = clock.now(), await request.body()
    fault = hooks.verify({name: request.headers[name] for name in request.headers}, body, secrets, now=now)
    if fault is not None:
        await _note(pool, f"hook_{fault.value}")
        raise HookOld if fault is hooks.Fault.OLD else HookUnproved
    event = _read(body, request.headers["webhook-id"])
    try:
        async with db.transaction(pool) as tx:
            new = await actions.hear_push(tx, event, body, now=now)
    except HookChanged:
        await _note(pool, "hook_changed")
        raise
    cast("Callable[[UUID], None]", request.app.state.forget_customer)(event.customer_id)
    return Heard(new)


def _read(body: bytes, hook_id: str) -> WalletEvent:
    """Read what was signed.

    Raises:
        HookInvalid
    """
    try:
        hook = msgspec.json.decode(body, type=shapes.Hook)
    except msgspec.DecodeError as error:
        raise HookInvalid(reason=str(error)) from error
    if hook.data.cursor != hook_id or hook.type != hook.data.kind:
        raise HookInvalid(field="webhook-id", reason="not the cursor and kind of the event")
    return wire.inward(hook.data)


async def _note(pool: db.Pool, action: str) -> None:
    """Write an attempt into the audit log, a few of them a minute."""
    _log.warning("news refused", extra={"reason": action})
    try:
        _written.take("hook")
    except limits.TooMany:
        return
    async with db.transaction(pool) as tx:
        await audit.record(tx, [Deed("wallet", None, f"news.{action}", "hook")], now=clock.now())


ROUTES = [hear]
