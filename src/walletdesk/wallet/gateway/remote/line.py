"""The line to an operator's wallet: signed requests, bounded in time and size, nothing believed unread.

What does not come in time, in size or in the shape of the contract is a refusal of kind `unavailable`: whoever asks
then says that the wallet does not answer, and never guesses. A 404 means absence only with the contract's problem
document: a proxy's own 404 proves nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar
from urllib.parse import quote, urlencode

import httpx
import msgspec

from walletdesk.kit import clock, metrics
from walletdesk.kit.ids import new_id
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.wallet.gateway.contract import shapes, signing
from walletdesk.wallet.gateway.contract.endpoints import ANSWER_BYTES_MAX, Endpoint
from walletdesk.wallet.gateway.remote.breaker import Breaker

READ_SECONDS_MAX: Final = 4.0
ACT_SECONDS_MAX: Final = 9.0
RETRY_AFTER_SECONDS_MAX: Final = 300.0
_JSON: Final = ("application/json", "application/problem+json")
_log = logging.getLogger(__name__)

T = TypeVar("T", bound=msgspec.Struct)


class WalletAway(Refusal):
    """The operator's wallet does not answer, or not in time."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "gateway.wallet_away"


class WalletBusy(Refusal):
    """The operator's wallet asks us to wait."""

    kind: ClassVar[Kind] = Kind.TOO_MANY
    code: ClassVar[str] = "gateway.wallet_busy"


class WalletKeyRefused(Refusal):
    """The operator's wallet does not accept our signature: the key of one side has to be looked at."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "gateway.wallet_key_refused"


class AnswerTooLarge(Refusal):
    """The operator's wallet sends more than any answer of the contract may have; the rest was not read."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "gateway.answer_too_large"


class AnswerInvalid(Refusal):
    """The operator's wallet answered what the contract does not allow; nothing of it is used."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "gateway.answer_invalid"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: a status and a whole body."""

    status: int
    headers: httpx.Headers
    body: bytes


class Line:
    """Speaks to one wallet with one secret; safe to share between tasks."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        secret: bytes,
        *,
        read_seconds_max: float = READ_SECONDS_MAX,
        act_seconds_max: float = ACT_SECONDS_MAX,
        time_source: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._secret = secret
        self._read_seconds_max = read_seconds_max
        self._act_seconds_max = act_seconds_max
        self._breakers: defaultdict[str, Breaker] = defaultdict(lambda: Breaker(time_source=time_source))

    async def read(
        self, endpoint: Endpoint, parts: Mapping[str, object] | None = None, query: Mapping[str, object] | None = None
    ) -> Any:
        """Ask for something; None where the wallet says that there is no such thing.

        Raises:
            WalletAway, WalletBusy, WalletKeyRefused, AnswerTooLarge, AnswerInvalid
        """
        reply = await self._ask(endpoint, parts or {}, query or {}, b"", {}, self._read_seconds_max)
        if reply.status == 404:
            _problem(endpoint, reply)
            return None
        if reply.status != 200:
            raise AnswerInvalid(endpoint=endpoint.name, reason=f"status {reply.status}")
        return _shaped(endpoint, reply, endpoint.answer)

    async def act(
        self, endpoint: Endpoint, parts: Mapping[str, object], body: bytes, headers: Mapping[str, str]
    ) -> shapes.Outcome | shapes.Problem:
        """Ask for something to be done; a no of the contract comes back as the problem it is.

        Raises:
            WalletAway, WalletBusy, WalletKeyRefused, AnswerTooLarge, AnswerInvalid: Nothing is known of the outcome.
        """
        reply = await self._ask(endpoint, parts, {}, body, headers, self._act_seconds_max)
        if reply.status in (200, 202):
            return _shaped(endpoint, reply, shapes.Outcome)
        return _problem(endpoint, reply)

    async def _ask(
        self,
        endpoint: Endpoint,
        parts: Mapping[str, object],
        query: Mapping[str, object],
        body: bytes,
        headers: Mapping[str, str],
        seconds_max: float,
    ) -> Reply:
        breaker = self._breakers[endpoint.name]
        wait = breaker.wait_seconds()
        if wait is not None:
            raise WalletAway(endpoint=endpoint.name, reason="paused", retry_after_seconds=round(wait, 1))
        try:
            reply = await self._guarded(endpoint, self._request(endpoint, parts, query, body, headers), seconds_max)
        except Refusal as refusal:
            breaker.failed()
            metrics.REFUSALS.labels(refusal.code).inc()
            _log.warning("wallet", extra={"endpoint": endpoint.name, "code": refusal.code, **refusal.details})
            raise
        except asyncio.CancelledError:
            breaker.gave_up()
            raise
        breaker.succeeded()
        return reply

    async def _guarded(self, endpoint: Endpoint, request: httpx.Request, seconds_max: float) -> Reply:
        """Send and read within the time, and let only answers through that say something about the question.

        Raises:
            WalletAway, WalletBusy, WalletKeyRefused, AnswerTooLarge, AnswerInvalid
        """
        try:
            async with asyncio.timeout(seconds_max):
                reply = await self._send(endpoint, request)
        except TimeoutError as error:
            raise WalletAway(endpoint=endpoint.name, reason="too slow") from error
        except (httpx.HTTPError, OSError) as error:
            raise WalletAway(endpoint=endpoint.name, reason=type(error).__name__) from error
        if reply.status == 429:
            raise WalletBusy(endpoint=endpoint.name, retry_after_seconds=_retry_after(reply))
        if reply.status in (401, 403):
            raise WalletKeyRefused(endpoint=endpoint.name)
        if reply.status >= 500:
            raise WalletAway(endpoint=endpoint.name, reason=f"status {reply.status}")
        return reply

    async def _send(self, endpoint: Endpoint, request: httpx.Request) -> Reply:
        response = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            return Reply(response.status_code, response.headers, await read_whole(response, endpoint.name))
        finally:
            await response.aclose()

    def _request(
        self,
        endpoint: Endpoint,
        parts: Mapping[str, object],
        query: Mapping[str, object],
        body: bytes,
        headers: Mapping[str, str],
    ) -> httpx.Request:
        path = endpoint.path.format(**{name: quote(str(value), safe="") for name, value in parts.items()})
        pairs = urlencode([(name, one) for name, value in query.items() for one in _values(value)])
        request = self._client.build_request(
            endpoint.method, path + (f"?{pairs}" if pairs else ""), content=body or None
        )
        sent = {
            "accept": "application/json",
            "accept-encoding": "identity",
            "x-interaction-id": str(new_id()),
            **({"content-type": "application/json"} if body else {}),
            **headers,
        }
        raw_path, _, raw_query = request.url.raw_path.decode("ascii").partition("?")
        signed = signing.Request(endpoint.method, raw_path, raw_query, sent, body)
        request.headers.update({**sent, **signing.sign(signed, self._secret, now=clock.now())})
        return request


async def read_whole(response: httpx.Response, name: str) -> bytes:
    """Read a body up to the size that an answer may have, and not a byte of what would have to be unpacked.

    Raises:
        AnswerInvalid, AnswerTooLarge
    """
    if response.headers.get("content-encoding", "identity") != "identity":
        raise AnswerInvalid(endpoint=name, reason="compressed")
    declared = response.headers.get("content-length", "0")
    body = bytearray()
    too_large = declared.isdecimal() and int(declared) > ANSWER_BYTES_MAX
    if not too_large:
        async for chunk in response.aiter_raw():
            body += chunk
            if too_large := len(body) > ANSWER_BYTES_MAX:
                break
    if too_large:
        raise AnswerTooLarge(endpoint=name, bytes_max=ANSWER_BYTES_MAX)
    return bytes(body)


def _values(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, list):
        return [str(one) for one in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return [str(value)]


def _shaped(endpoint: Endpoint, reply: Reply, shape: type[T]) -> T:
    """Read a body in its shape.

    Raises:
        AnswerInvalid
    """
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _JSON:
        raise AnswerInvalid(endpoint=endpoint.name, reason=f"content type {kind[:40] or 'missing'}")
    try:
        return msgspec.json.decode(reply.body, type=shape)
    except (msgspec.DecodeError, RecursionError) as error:
        raise AnswerInvalid(endpoint=endpoint.name, reason=str(error)[:200]) from error


def _problem(endpoint: Endpoint, reply: Reply) -> shapes.Problem:
    """Read a no in the form of the contract; anything else of 3xx and 4xx says nothing about the question.

    Raises:
        AnswerInvalid
    """
    if not 400 <= reply.status < 500:
        raise AnswerInvalid(endpoint=endpoint.name, reason=f"status {reply.status}")
    found = _shaped(endpoint, reply, shapes.Problem)
    if found.status != reply.status:
        raise AnswerInvalid(endpoint=endpoint.name, reason="status of problem and answer differ")
    return found


def _retry_after(reply: Reply) -> float:
    text = reply.headers.get("retry-after", "")
    return min(float(text), RETRY_AFTER_SECONDS_MAX) if text.isdecimal() else 1.0
