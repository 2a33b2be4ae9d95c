"""Lets only signed requests of bounded size through to the served contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from walletdesk.kit import clock
from walletdesk.wallet.gateway.contract import signing
from walletdesk.wallet.gateway.contract.endpoints import REQUEST_BYTES_MAX
from walletdesk.wallet.gateway.contract.shapes import Problem

PROBLEM: bytes = b"application/problem+json"


class Signed:
    """Reads a request whole, proves its signature (RFC 9421), and hands it on."""

    def __init__(self, app: ASGIApp, secrets: Sequence[bytes]) -> None:
        self._app = app
        self._secrets = secrets

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request that proves who sent it."""
        if scope["type"] != "http":
            await self._app(cast("Scope", scope), cast("Receive", receive), cast("Send", send))
            return
        body = await _read(cast("Receive", receive))
        if body is None:
            await _say(cast("Send", send), Problem("too large", 413, "too_large"))
            return
        fault = signing.verify(_request(cast("dict[str, Any]", scope), body), self._secrets, now=clock.now())
        if fault is not None:
            await _say(cast("Send", send), Problem("not signed by a key of yours", 401, fault.value))
            return
        await self._app(cast("Scope", scope), _again(body, cast("Receive", receive)), cast("Send", send))


async def _read(receive: Receive) -> bytes | None:
    """Return the whole body; None where it is larger than any request of the contract."""
    body = bytearray()
    while True:
        message = cast("dict[str, Any]", await receive())
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > REQUEST_BYTES_MAX:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    kept: list[Message] = [cast("Message", {"type": "http.request", "body": body, "more_body": False})]

    async def receiving() -> Any:
        return kept.pop() if kept else await receive()

    return cast("Receive", receiving)


def _request(scope: dict[str, Any], body: bytes) -> signing.Request:
    headers: dict[str, str] = {}
    for name, value in cast("list[tuple[bytes, bytes]]", scope["headers"]):
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        # Of a header that is sent twice, both are what was signed (RFC 9421, section 2.1).
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    path = cast("bytes", scope.get("raw_path") or cast("str", scope["path"]).encode())
    return signing.Request(
        cast("str", scope["method"]),
        path.partition(b"?")[0].decode("latin-1"),
        cast("bytes", scope["query_string"]).decode("latin-1"),
        headers,
        body,
    )


async def _say(send: Send, problem: Problem) -> None:
    start = {
        "type": "http.response.start",
        "status": problem.status,
        "headers": [(b"content-type", PROBLEM), (b"connection", b"close")],
    }
    await send(cast("Message", start))
    await send(cast("Message", {"type": "http.response.body", "body": msgspec.json.encode(problem)}))
