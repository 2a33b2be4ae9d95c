"""A whole wallet behind the contract of the desk, in one file and with nothing but Python's own library.

Run it:         python wallet.py --key-file wallet.key --port 8200
Check it:       walletdesk contract-test http://127.0.0.1:8200 --key-file wallet.key
Make it yours:  `Wallet` holds made-up data; read your own system there instead. What is below it can stay.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import re
import threading
import time
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Json = dict[str, Any]
ANNA = "00000000-0000-4000-8000-000000000001"
START = datetime.now(UTC).replace(microsecond=0) - timedelta(days=9)
MADE_UP = [(90_000, None), (-1_500, "Corner Coffee"), (-4_200, "Good Bread"), (20_000, None), (-999, "Corner Coffee")]


def now(moment: datetime | None = None) -> str:
    """Write a time, or the present one, as RFC 3339."""
    return (moment or datetime.now(UTC)).isoformat().replace("+00:00", "Z")


def money(minor: int) -> Json:
    """Write an amount: whole minor units, as a string."""
    return {"minor": str(minor), "currency": "CNY"}


def fact(value: object, record: str, source: str, when: str) -> Json:
    """Say something that is known, with the row that proves it. What is not known is simply left out."""
    return {"value": value, "record": record, "source": source, "at": when}


class No(Exception):
    """A no: a problem document with the word that the desk goes by."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.body = {"title": reason.replace("_", " "), "status": status, "reason": reason}


class Wallet:
    """Your system. Each method answers one address; `asked` holds what stands in its path and query."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.payments: list[Json] = []
        self.lines: list[Json] = []
        self.news: list[Json] = []
        self.frozen: list[Json] = []
        self.outcomes: dict[str, tuple[str, Json]] = {}
        for n, (minor, shop) in enumerate(MADE_UP, start=1):
            self.book(n, minor, shop)

    def book(self, n: int, minor: int, shop: str | None) -> None:
        """Put one movement into the books: money in, or a payment to a shop."""
        when, name = now(START + timedelta(days=n)), str(uuid.uuid5(uuid.NAMESPACE_OID, f"movement {n}"))
        before = int(self.lines[-1]["balance_after"]["minor"]) if self.lines else 0
        self.lines.append({"record": f"entry/1/{n}", "seq": n, "amount": money(minor), "transaction_id": name,
                           "balance_after": money(before + minor), "at": when})  # fmt: skip
        self.payments.append({
            "id": name, "customer_id": ANNA, "kind": "payment" if shop else "top_up", "name": shop or "My bank",
            "amount": money(abs(minor)), "outgoing": minor < 0, "state": "succeeded", "shown": "succeeded",
            "order_no": f"A-{n}" if shop else None, "rail": "bank", "rail_ref": f"R{n}", "created_at": when,
            "updated_at": when, "record": f"payment/{name}"})  # fmt: skip
        self.tell("transaction.updated", name)

    def tell(self, kind: str, transaction: str | None) -> None:
        """Note that something has changed; the cursor names the news for ever."""
        self.news.append({"cursor": f"n{len(self.news) + 1}", "kind": kind, "customer_id": ANNA,
                          "transaction_id": transaction, "at": now()})  # fmt: skip

    def capabilities(self, _: Json) -> Json:
        return {"name": "Minimal wallet", "currencies": ["CNY"], "commands": ["freeze"]}

    def customer(self, asked: Json) -> Json:
        if asked["customer_id"] != ANNA:
            raise No(404, "customer_missing")
        return {"id": ANNA, "name": "Anna Adams", "phone_masked": "199****0001", "tier": 2, "locale": "en",
                "large_type": False, "since": now(START)}  # fmt: skip

    def accounts(self, asked: Json) -> Json:
        last = self.lines[-1]
        one = {"id": "1", "currency": "CNY", "posted": last["balance_after"], "held": money(0), "as_of": now(),
               "available": last["balance_after"], "record": last["record"]}  # fmt: skip
        return {"accounts": [one] if asked["customer_id"] == ANNA else []}

    def entries(self, asked: Json) -> Json:
        mine = self.lines if (asked["customer_id"], asked["account_id"]) == (ANNA, "1") else []
        older = [line for line in reversed(mine) if line["seq"] < asked.get("before_seq", 10**9)]
        return {"entries": older[: asked["limit"]]}

    def transactions(self, asked: Json) -> Json:
        def fits(one: Json) -> bool:
            return (
                one["customer_id"] == asked["customer_id"]
                and one["kind"] in asked.get("kind", [one["kind"]])
                and asked.get("ref", one["id"]) in (one["id"], one["order_no"], one["rail_ref"])
                and asked.get("amount_minor", int(one["amount"]["minor"])) == int(one["amount"]["minor"])
                and asked.get("outgoing", one["outgoing"]) == one["outgoing"]
                and asked.get("from", "") <= one["created_at"] <= asked.get("to", "9")
                and (one["created_at"], one["id"]) < (asked.get("before_at", "9"), asked.get("before_id", ""))
            )

        found = sorted(filter(fits, self.payments), key=lambda one: (one["created_at"], one["id"]), reverse=True)
        return {"transactions": found[: asked["limit"]]}

    def evidence(self, asked: Json) -> Json:
        one = next((one for one in self.payments if one["id"] == asked["transaction_id"]), None)
        if one is None or asked["customer_id"] != one["customer_id"]:
            raise No(404, "transaction_missing")
        line, when = next(x["record"] for x in self.lines if x["transaction_id"] == one["id"]), one["created_at"]
        step = {"record": line, "at": when, "source": "ledger", "kind": "captured" if one["outgoing"] else "credited",
                "ok": True, "values": {"amount": f"¥{int(one['amount']['minor']) / 100:,.2f}"}}  # fmt: skip
        # What the bank and the shop say is not kept here, so it is left out: unknown, and the desk will not guess.
        return {"transaction": one, "as_of": now(), "received": fact(True, one["record"], "wallet", when),
                "ledger": fact("posted", line, "ledger", when), "timeline": [step]}  # fmt: skip

    def restrictions(self, asked: Json) -> Json:
        return {"restrictions": self.frozen if asked["customer_id"] == ANNA else []}

    def limits(self, asked: Json) -> Json:
        day = {"record": "limit/day", "kind": "day", "limit": money(500_000), "used": money(999)}
        return {"limits": [day] if asked["customer_id"] == ANNA else []}

    def events(self, asked: Json) -> Json:
        cursors = [one["cursor"] for one in self.news]
        start = cursors.index(asked["after"]) + 1 if asked.get("after") in cursors else 0
        return {"events": self.news[start:][: asked["limit"]]}

    def act(self, name: str, key: str, body: Json) -> Json:
        """Do it once for each key; keep what came of it in the same transaction as the deed itself."""
        said = json.dumps([name, body], sort_keys=True)
        with self.lock:
            if key not in self.outcomes:
                self.outcomes[key] = (said, self.freeze(body))
            if self.outcomes[key][0] != said:
                raise No(409, "same_key_other_command")
            return self.outcomes[key][1]

    def freeze(self, body: Json) -> Json:
        if body["customer_id"] != ANNA:
            return {"state": "refused", "record": None, "reason": "wallet_missing", "at": now()}
        if not self.frozen:
            self.frozen.append({"record": "restriction/1", "kind": "user", "blocks_debit": True,
                                "blocks_credit": False, "since": now(), "until": None})  # fmt: skip
            self.tell("restriction.changed", None)
        return {"state": "done", "record": "restriction/1", "reason": None, "at": now()}


# ------------------------------------------------------------------ the contract: this can stay as it is

WALLET = Wallet()
SECRET = b""
CUSTOMER, TRANSACTION = (rf"(?P<{name}_id>[0-9a-f-]{{36}})" for name in ("customer", "transaction"))
ROUTES = {
    r"/v1/capabilities": WALLET.capabilities,
    rf"/v1/customers/{CUSTOMER}": WALLET.customer,
    rf"/v1/customers/{CUSTOMER}/accounts": WALLET.accounts,
    rf"/v1/customers/{CUSTOMER}/restrictions": WALLET.restrictions,
    rf"/v1/customers/{CUSTOMER}/limits": WALLET.limits,
    r"/v1/accounts/(?P<account_id>[^/]+)/entries": WALLET.entries,
    r"/v1/transactions": WALLET.transactions,
    rf"/v1/transactions/{TRANSACTION}": WALLET.evidence,
    r"/v1/incidents": lambda _: {"incidents": []},
    r"/v1/events": WALLET.events,
}
FLAG = {"true": True, "false": False}
READ_AS = {"limit": int, "before_seq": int, "amount_minor": int, "outgoing": FLAG.__getitem__,
           "refresh": FLAG.__getitem__, "customer_id": uuid.UUID, "before_id": uuid.UUID}  # fmt: skip
COVERED = ("content-digest", "idempotency-key", "x-actor", "x-case-id", "x-interaction-id")
INPUT = re.compile(r'desk=(\(("[a-z@-]+"(?: "[a-z@-]+")*)\);created=(\d{1,12});.*)')


def query_of(text: str) -> Json:
    """Read the query; what cannot be is a 422."""
    asked: Json = {name: values if name == "kind" else values[-1] for name, values in parse_qs(text).items()}
    try:
        for name in asked.keys() & READ_AS.keys():
            value = READ_AS[name](asked[name])
            asked[name] = str(value) if isinstance(value, uuid.UUID) else value
    except (ValueError, KeyError) as error:
        raise No(422, "query_invalid") from error
    if not 1 <= asked.setdefault("limit", 20) <= 200:
        raise No(422, "query_invalid")
    return asked


def prove(method: str, target: str, headers: Json, body: bytes) -> None:
    """Refuse whoever does not hold the secret (RFC 9421, hmac-sha256; digest of the body by RFC 9530)."""
    given = INPUT.fullmatch(headers.get("signature-input", ""))
    signature = re.fullmatch(r"desk=:(.+):", headers.get("signature", ""))
    if not given or not signature:
        raise No(401, "signature_missing")
    path, _, query = target.partition("?")
    parts = {"@method": method, "@path": path, "@query": f"?{query}", **headers}
    covered = re.findall(r'"([a-z@-]+)"', given[2])
    wanted = {"@method", "@path", "@query", *(name for name in COVERED if name in headers)}
    base = "\n".join([*(f'"{name}": {parts.get(name, "")}' for name in covered), f'"@signature-params": {given[1]}'])
    mac = base64.b64encode(hmac.digest(SECRET, base.encode(), "sha256"))
    if not wanted <= set(covered) or not hmac.compare_digest(mac, signature[1].encode()):
        raise No(401, "signature_wrong")
    if abs(int(given[3]) - time.time()) > 300:
        raise No(401, "signature_old")
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if body and headers.get("content-digest") != f"sha-256=:{digest}:":
        raise No(401, "digest_wrong")


class Door(BaseHTTPRequestHandler):
    """Reads a request, proves it, answers it."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        kind, status = "application/json", 200
        try:
            body = self.rfile.read(min(int(self.headers.get("content-length") or 0), 65_536))
            prove(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            found = self.found(body)
        except No as no:
            kind, status, found = "application/problem+json", no.body["status"], no.body
        raw = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = answer

    def found(self, body: bytes) -> Json:
        parts = urlsplit(self.path)
        if self.command == "POST" and (action := re.fullmatch(r"/v1/actions/([a-z_]+)", parts.path)):
            return self.acted(action[1], body)
        for pattern, read in ROUTES.items():
            if self.command == "GET" and (match := re.fullmatch(pattern, parts.path)):
                return read({**query_of(parts.query), **{k: unquote(v) for k, v in match.groupdict().items()}})
        raise No(404, "address_unknown")

    def acted(self, name: str, body: bytes) -> Json:
        key = self.headers.get("idempotency-key", "")
        if name not in WALLET.capabilities({})["commands"]:
            raise No(404, "not_offered")
        try:
            asked = json.loads(body)
            uuid.UUID(asked["customer_id"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise No(422, "body_invalid") from error
        if not 1 <= len(key) <= 200:
            raise No(422, "key_missing")
        return WALLET.act(name, key, asked)

    def log_message(self, *_: object) -> None:
        """Keep the terminal quiet."""


def push(url: str, secret: bytes) -> None:
    """Push news (Standard Webhooks) in order, each until it is taken. Optional: the desk polls them as well."""
    sent = 0
    while True:
        for event in WALLET.news[sent:]:
            body = json.dumps({"type": event["kind"], "timestamp": event["at"], "data": event}).encode()
            name, then = event["cursor"], str(int(time.time()))
            mac = base64.b64encode(hmac.digest(secret, f"{name}.{then}.".encode() + body, "sha256")).decode()
            headers = {"webhook-id": name, "webhook-timestamp": then, "webhook-signature": f"v1,{mac}"}
            try:
                urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=5).close()
            except OSError:
                break
            sent += 1
        time.sleep(0.5)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--key-file", type=Path, required=True)
    options.add_argument("--port", type=int, default=8200)
    options.add_argument("--push", nargs=2, metavar=("URL", "SECRET_FILE"))
    chosen = options.parse_args()
    SECRET = chosen.key_file.read_bytes().strip()
    if chosen.push:
        hook = base64.b64decode(Path(chosen.push[1]).read_text().strip().removeprefix("whsec_"))
        threading.Thread(target=push, args=(chosen.push[0], hook), daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", chosen.port), Door)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
