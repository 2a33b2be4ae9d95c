"""A small outside world that does what a test tells it: it speaks the protocol and remembers who asked for what."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from tests.conftest import NOON
from walletdesk.wallet.reference.rails.client import Outside

OK = {"card": "00", "netunion": "00", "iso20022": "ACSC"}
SILENT = "silent"
DOWN = "down"


@dataclass
class FakeOutside:
    """What rails and shops say. `on_send` and `on_ask` are a state, (state, code), SILENT, DOWN or None (no record)."""

    at: datetime = NOON
    on_send: Any = "succeeded"
    on_ask: Any = "same"
    on_notify: Any = 200
    on_shop: Any = "paid"
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    news: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    shop_asked: list[str] = field(default_factory=list)

    def client(self) -> Outside:
        transport = httpx.ASGITransport(self)  # type: ignore[arg-type]
        return Outside(httpx.AsyncClient(transport=transport, base_url="http://outside"))

    def say(self, ref: object, kind: str, code: str | None = None, *, at: datetime | None = None) -> None:
        """Let the rail say something by itself."""
        known = self.orders.get(str(ref), {"rail": "netunion", "rail_ref": f"R{ref}"})
        self.news.append(
            {
                "n": len(self.news) + 1,
                "ref": str(ref),
                "rail_ref": known["rail_ref"],
                "kind": kind,
                "code": OK[known["rail"]] if code is None else code,
                "at": (at or self.at).isoformat(),
            }
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query = dict(httpx.QueryParams(scope["query_string"].decode()))
        status, answer = self.answer(scope["method"], scope["path"], query, body, headers)
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        )
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def answer(
        self, method: str, path: str, query: dict[str, str], body: bytes, headers: dict[str, str]
    ) -> tuple[int, Any]:
        parts = path.strip("/").split("/")
        if (method, parts) == ("POST", ["rail", "orders"]):
            return self._order(json.loads(body))
        if method == "GET" and parts[:2] == ["rail", "orders"]:
            self.asked.append(parts[2])
            return self._ask(parts[2])
        if method == "GET" and parts == ["rail", "events"]:
            after = int(query["after"])
            return 200, [one for one in self.news if one["n"] > after][: int(query["limit"])]
        if method == "POST" and parts[2:] == ["notify"]:
            self.notices.append(json.loads(body))
            self.headers.append({**headers, "body": body.decode()})
            return self._shop(self.on_notify)
        if method == "GET" and parts[2:3] == ["orders"]:
            self.shop_asked.append(parts[3])
            return self._shop(self.on_shop)
        raise AssertionError(f"{method} {path} is not in the protocol")

    def _order(self, sent: dict[str, Any]) -> tuple[int, Any]:
        self.sent.append(sent)
        ref = sent["ref"]
        if self.on_send == DOWN:
            return 503, {}
        if self.on_send is None:
            raise httpx.ReadTimeout("lost on its way")
        state, code = self._said(self.on_send if self.on_send != SILENT else "accepted", sent["rail"])
        known = self.orders.setdefault(
            ref, {"rail": sent["rail"], "rail_ref": f"R{ref}", "state": state, "code": code}
        )
        if self.on_send == SILENT:
            raise httpx.ReadTimeout("silent")
        return (202 if known["state"] == "accepted" else 200), self._body(ref, known)

    def _ask(self, ref: str) -> tuple[int, Any]:
        if self.on_ask == SILENT:
            raise httpx.ReadTimeout("silent")
        if self.on_ask == DOWN:
            return 503, {}
        known = self.orders.get(ref)
        if known is None or self.on_ask is None:
            return 404, {}
        if self.on_ask != "same":
            known["state"], known["code"] = self._said(self.on_ask, known["rail"])
        return 200, self._body(ref, known)

    def _shop(self, said: Any) -> tuple[int, Any]:
        if said == SILENT:
            raise httpx.ReadTimeout("silent")
        if isinstance(said, int):
            return said, {}
        return 200, {"order_no": "any", "state": said}

    def _said(self, said: Any, rail: str) -> tuple[str, str]:
        return said if isinstance(said, tuple) else (said, OK[rail])

    def _body(self, ref: str, known: dict[str, Any]) -> dict[str, Any]:
        return {
            "ref": ref,
            "rail_ref": known["rail_ref"],
            "state": known["state"],
            "code": known["code"],
            "at": self.at.isoformat(),
        }
