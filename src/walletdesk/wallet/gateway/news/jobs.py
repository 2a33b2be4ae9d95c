"""Reading the feed of an operator's wallet, and telling the desk the news of a wallet that is served here."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import httpx
import msgspec

from walletdesk.kit import db
from walletdesk.wallet.gateway.contract import hooks, shapes, wire
from walletdesk.wallet.gateway.model import Wallet, WalletEvent
from walletdesk.wallet.gateway.news import actions, queries
from walletdesk.wallet.gateway.news.model import POLL

SENT_FOR: Final = timedelta(days=2)
"""So long news are pushed again and again; after that the desk has long polled them."""
PAUSE_SECONDS_MAX: Final = 300.0

_log = logging.getLogger(__name__)


async def poll(pool: db.Pool, now: datetime, *, wallet: Wallet) -> int:
    """Read one page of the wallet's feed; return how many news it had."""
    async with db.transaction(pool) as tx:
        after = await queries.lock_cursor(tx, POLL)
    found = await wallet.events(after)
    async with db.transaction(pool) as tx:
        taken = await actions.hear_poll(tx, after, found, now=now)
    return len(found) if taken else 0


class Pusher:
    """Pushes the news of a wallet to one desk, in order, each until it is taken."""

    def __init__(self, wallet: Wallet, client: httpx.AsyncClient, url: str, secrets: Sequence[bytes]) -> None:
        self._wallet = wallet
        self._client = client
        self._url = url
        self._secrets = secrets
        self._failures = 0
        self._rests_until: datetime | None = None

    @property
    def name(self) -> str:
        """The name of the cursor."""
        return f"push {self._url}"[:200]

    async def push(self, pool: db.Pool, now: datetime) -> int:
        """Push what is new; return how many news were taken."""
        if self._rests_until is not None and now < self._rests_until:
            return 0
        async with db.transaction(pool) as tx:
            after = await queries.lock_cursor(tx, self.name)
        taken: str | None = None
        count = 0
        for event in await self._wallet.events(after):
            if now - event.at <= SENT_FOR and not await self._send(event, now):
                self._rest(now)
                break
            taken, count = event.cursor, count + 1
        else:
            self._failures, self._rests_until = 0, None
        if taken is not None:
            async with db.transaction(pool) as tx:
                await queries.save_cursor(tx, self.name, taken, now=now)
        return count

    async def _send(self, event: WalletEvent, now: datetime) -> bool:
        body = msgspec.json.encode(
            msgspec.convert(
                {"type": event.kind, "timestamp": msgspec.to_builtins(event.at), "data": wire.outward(event)},
                shapes.Hook,
            )
        )
        headers = hooks.sign(self._secrets[0], event.cursor, body, now=now)
        others = [hooks.sign(one, event.cursor, body, now=now)["webhook-signature"] for one in self._secrets[1:]]
        headers["webhook-signature"] = " ".join([headers["webhook-signature"], *others])
        headers["content-type"] = "application/json"
        try:
            response = await self._client.post(self._url, content=body, headers=headers)
        except httpx.HTTPError as error:
            _log.info("the desk does not take news", extra={"error": type(error).__name__})
            return False
        if not response.is_success:
            _log.warning("the desk refuses news", extra={"status": response.status_code})
        return response.is_success

    def _rest(self, now: datetime) -> None:
        self._failures += 1
        self._rests_until = now + timedelta(seconds=min(PAUSE_SECONDS_MAX, 2.0**self._failures))
