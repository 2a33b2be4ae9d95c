"""The hand of the contract test: asks as the desk does, or wrongly on purpose, and looks at the bare answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

import httpx
import msgspec

from walletdesk.kit import clock
from walletdesk.kit.ids import CustomerId, new_id
from walletdesk.kit.refusal import Refusal
from walletdesk.wallet.gateway.conformance.model import Failed, Skipped, must
from walletdesk.wallet.gateway.contract import shapes, signing
from walletdesk.wallet.gateway.contract.endpoints import ACTION, CAPABILITIES, EVENTS, TRANSACTIONS, Endpoint
from walletdesk.wallet.gateway.model import CommandName
from walletdesk.wallet.gateway.remote.adapter import RemoteWallet
from walletdesk.wallet.gateway.remote.line import ACT_SECONDS_MAX, READ_SECONDS_MAX, Line, read_whole

PROBLEM: Final = "application/problem+json"
HARMLESS_FIRST: Final = (
    CommandName.RESEND_NOTICE,
    CommandName.VOID_HOLD,
    CommandName.RECREDIT_RETURNED,
    CommandName.REVERSE_PAYMENT,
    CommandName.REFUND_CLOSED_ORDER,
    CommandName.FREEZE,
)
T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, unread."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The media type."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def read(self, shape: type[T]) -> T:
        """Read a body of the contract.

        Raises:
            Failed: It has another form.
        """
        must(self.status in (200, 202), f"status {self.status} in place of 200")
        must(self.kind == "application/json", f"content type {self.kind!r} in place of application/json")
        return self._decoded(shape)

    def no(self, *statuses: int) -> shapes.Problem:
        """Read a no.

        Raises:
            Failed: It is none, or not in its form.
        """
        wanted = " or ".join(str(one) for one in statuses)
        must(self.status in statuses, f"status {self.status} in place of {wanted}")
        must(self.kind == PROBLEM, f"content type {self.kind!r} in place of {PROBLEM}")
        found = self._decoded(shapes.Problem)
        must(found.status == self.status, "the status inside the problem document is another")
        return found

    def _decoded(self, shape: type[T]) -> T:
        try:
            return msgspec.json.decode(self.body, type=shape)
        except msgspec.DecodeError as error:
            raise Failed(str(error)) from error


@dataclass
class Wrong:
    """What to do wrongly on purpose."""

    unsigned: bool = False
    secret: bytes | None = None
    age_seconds: int = 0
    query_sent: str | None = None
    body_sent: bytes | None = None
    path_sent: str | None = None


@dataclass(frozen=True, slots=True)
class Pushed:
    """One push as it arrived."""

    headers: Mapping[str, str]
    body: bytes


@dataclass
class Ear:
    """What was pushed to us, in the order of arrival; the first push of all is not taken, to see it come again."""

    secret: bytes
    pushes: list[Pushed] = field(default_factory=list[Pushed])
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    wait_seconds: float = 60.0

    def hear(self, pushed: Pushed) -> bool:
        """Keep a push; return whether it is taken."""
        self.pushes.append(pushed)
        self.arrived.set()
        return len(self.pushes) > 1

    async def wait_for(self, count: int) -> list[Pushed]:
        """Return what was pushed, once there are so many.

        Raises:
            Failed: There are not in time.
        """
        try:
            async with asyncio.timeout(self.wait_seconds):
                while len(self.pushes) < count:
                    self.arrived.clear()
                    await self.arrived.wait()
        except TimeoutError as error:
            seen = f"{len(self.pushes)} pushes within {self.wait_seconds:.0f} s"
            raise Failed(f"{seen}; let something happen in the test system meanwhile") from error
        return self.pushes


@dataclass
class Probe:
    """One run of the contract test against one wallet."""

    client: httpx.AsyncClient
    secret: bytes
    customer: UUID | None = None
    run: str = field(default_factory=lambda: uuid4().hex[:12])
    seconds: list[float] = field(default_factory=list[float])
    ear: Ear | None = None
    """Where the wallet pushes its news, if it can reach us."""
    _capabilities: shapes.Capabilities | None = None
    _transactions: list[shapes.Transaction] | None = None

    def __post_init__(self) -> None:
        """Time every question, those of the adapter too."""
        self.client.event_hooks = {"request": [self._begin], "response": [self._end]}

    async def _begin(self, request: httpx.Request) -> None:
        request.extensions["walletdesk_begun"] = time.perf_counter()

    async def _end(self, response: httpx.Response) -> None:
        self.seconds.append(time.perf_counter() - response.request.extensions["walletdesk_begun"])

    def adapter(self) -> RemoteWallet:
        """Return the wallet as the desk would see it."""
        return RemoteWallet(Line(self.client, self.secret))

    async def ask(
        self,
        endpoint: Endpoint,
        parts: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        wrong: Wrong | None = None,
    ) -> Answer:
        """Ask once.

        Raises:
            Failed: Nothing comes in time, or too much.
        """
        request = self._request(endpoint, parts or {}, query or {}, body, headers or {}, wrong or Wrong())
        limit = READ_SECONDS_MAX if endpoint.method == "GET" else ACT_SECONDS_MAX
        try:
            async with asyncio.timeout(limit):
                response = await self.client.send(request, stream=True, follow_redirects=False)
                try:
                    whole = await read_whole(response, endpoint.name)
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise Failed(f"{endpoint.path}: no answer within {limit:.0f} s") from error
        except httpx.HTTPError as error:
            raise Failed(f"{endpoint.path}: {type(error).__name__}") from error
        except Refusal as refusal:
            raise Failed(f"{endpoint.path}: {refusal.details.get('reason', refusal.code)}") from refusal
        return Answer(response.status_code, response.headers, whole)

    def _request(
        self,
        endpoint: Endpoint,
        parts: Mapping[str, object],
        query: Mapping[str, object],
        body: bytes,
        headers: Mapping[str, str],
        wrong: Wrong,
    ) -> httpx.Request:
        path = endpoint.path.format(**{name: quote(str(value), safe="") for name, value in parts.items()})
        pairs = urlencode([(name, str(value)) for name, value in query.items() if value is not None])
        sent = {"x-interaction-id": str(new_id()), "accept": "application/json", "accept-encoding": "identity"}
        sent.update({"content-type": "application/json"} if body else {})
        sent.update({name.lower(): value for name, value in headers.items()})
        base = self.client.base_url.raw_path.decode().rstrip("/")
        signed = signing.Request(endpoint.method, base + path, pairs, sent, body)
        if not wrong.unsigned:
            then = clock.now() - timedelta(seconds=wrong.age_seconds)
            sent.update(signing.sign(signed, wrong.secret or self.secret, now=then))
        pairs = pairs if wrong.query_sent is None else wrong.query_sent
        target = (wrong.path_sent or path) + (f"?{pairs}" if pairs else "")
        content = body if wrong.body_sent is None else wrong.body_sent
        return self.client.build_request(endpoint.method, target, content=content or None, headers=sent)

    async def hang_up(self, endpoint: Endpoint, parts: Mapping[str, object], body: bytes, key: str) -> None:
        """Ask for an action and go away before the answer is there."""
        request = self._request(endpoint, parts, {}, body, {"idempotency-key": key, "x-actor": "bot"}, Wrong())
        try:
            async with asyncio.timeout(0.02):
                response = await self.client.send(request, stream=True)
                await response.aclose()
        except (TimeoutError, httpx.HTTPError):
            return

    # -------------------------------------------------------------- whom and what to ask about

    async def capabilities(self) -> shapes.Capabilities:
        """Return what the wallet offers."""
        if self._capabilities is None:
            self._capabilities = (await self.ask(CAPABILITIES)).read(shapes.Capabilities)
        return self._capabilities

    async def somebody(self) -> CustomerId:
        """Return a customer to ask about: the one that was given, else the first of the feed.

        Raises:
            Skipped: Neither exists.
        """
        if self.customer is None:
            found = (await self.ask(EVENTS, {}, {"limit": 1})).read(shapes.Events)
            if not found.events:
                raise Skipped("no customer: name one with --customer")
            self.customer = found.events[0].customer_id
        return CustomerId(self.customer)

    async def transactions(self) -> list[shapes.Transaction]:
        """Return the newest of his transactions, up to a page.

        Raises:
            Skipped: He has none.
        """
        if self._transactions is None:
            asked = {"customer_id": await self.somebody(), "limit": 200}
            self._transactions = (await self.ask(TRANSACTIONS, {}, asked)).read(shapes.Transactions).transactions
        if not self._transactions:
            raise Skipped("the customer has no transactions: name another with --customer")
        return self._transactions

    async def action(self) -> tuple[str, bytes]:
        """Return an action that may be asked for, the most harmless that is offered, with its body.

        Raises:
            Skipped: The wallet only reads.
        """
        offered = set((await self.capabilities()).commands)
        name = next((one for one in HARMLESS_FIRST if one.value in offered), None)
        if name is None:
            raise Skipped("no action is offered")
        transaction = None if name is CommandName.FREEZE else (await self.transactions())[0].id
        return name.value, body_of(await self.somebody(), transaction)

    def key(self, word: str) -> str:
        """Return an idempotency key of this run."""
        return f"contract-test:{self.run}:{word}"

    async def act(self, name: str, body: bytes, key: str | None, wrong: Wrong | None = None) -> Answer:
        """Ask for an action."""
        headers = {"x-actor": "bot", **({"idempotency-key": key} if key is not None else {})}
        return await self.ask(ACTION, {"name": name}, body=body, headers=headers, wrong=wrong)


def body_of(customer_id: Any, transaction_id: UUID | None) -> bytes:
    """Return the body of an action."""
    return msgspec.json.encode(shapes.Action(customer_id, transaction_id))
