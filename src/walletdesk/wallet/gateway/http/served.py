"""The contract, served: a wallet of this process behind the addresses that the HTTP adapter asks.

The reference wallet is served so for tests, for running the desk over HTTP, and for operators to compare their own
with. Nothing is served unsigned.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Final, TypeVar, cast
from uuid import UUID

import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.types import ASGIApp

from walletdesk.kit.ids import CustomerId
from walletdesk.kit.refusal import Refusal
from walletdesk.kit.web import STATUS
from walletdesk.wallet.gateway.contract import endpoints, shapes, wire
from walletdesk.wallet.gateway.contract.endpoints import KEY_CHARS_MAX, Endpoint
from walletdesk.wallet.gateway.http.proving import PROBLEM, Signed
from walletdesk.wallet.gateway.model import Command, CommandName, OutcomeState, TransactionQuery, Wallet

Shape = TypeVar("Shape", bound=msgspec.Struct)
Asking = Request[Any, Any, Any]
JSON: Final = "application/json"

_log = logging.getLogger(__name__)


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """A no of the contract, in its problem document."""

    def __init__(self, status: int, reason: str, detail: str | None = None) -> None:
        super().__init__(reason)
        self.problem = shapes.Problem(reason.replace("_", " "), status, reason, detail)


def _wallet(state: State) -> Wallet:
    return cast("Wallet", state.wallet)


def _say(endpoint: Endpoint, value: object, status: int = 200) -> Response[bytes]:
    """Answer in the shape of the endpoint, and in no other."""
    shaped = msgspec.convert(wire.outward(value), endpoint.answer)
    return Response(msgspec.json.encode(shaped), status_code=status, media_type=JSON)


def _asked(request: Asking, shape: type[Shape]) -> Shape:
    """Read the query.

    Raises:
        Refused: 422 with the name of what is wrong.
    """
    given: dict[str, Any] = dict(request.query_params.items())
    if "kind" in given:
        given["kind"] = request.query_params.getall("kind")
    try:
        return msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(422, "query_invalid", str(error)) from error


def _found(value: object | None, reason: str) -> object:
    """Return what there is.

    Raises:
        Refused: 404.
    """
    if value is None:
        raise Refused(404, reason)
    return value


@get(endpoints.CAPABILITIES.path)
async def capabilities(state: State) -> Response[bytes]:
    """Say what this wallet can do."""
    return _say(endpoints.CAPABILITIES, await _wallet(state).capabilities())


@get("/v1/customers/{customer_id:uuid}")
async def customer(customer_id: FromPath[UUID], state: State) -> Response[bytes]:
    """Return a customer."""
    found = await _wallet(state).customer(CustomerId(customer_id))
    return _say(endpoints.CUSTOMER, _found(found, "customer_missing"))


@get("/v1/customers/{customer_id:uuid}/accounts")
async def accounts(customer_id: FromPath[UUID], state: State) -> Response[bytes]:
    """Return a customer's accounts."""
    return _say(endpoints.ACCOUNTS, {"accounts": await _wallet(state).accounts(CustomerId(customer_id))})


@get("/v1/customers/{customer_id:uuid}/restrictions")
async def restrictions(customer_id: FromPath[UUID], state: State) -> Response[bytes]:
    """Return what keeps a customer from paying or receiving now."""
    found = await _wallet(state).restrictions(CustomerId(customer_id))
    return _say(endpoints.RESTRICTIONS, {"restrictions": found})


@get("/v1/customers/{customer_id:uuid}/limits")
async def limits(customer_id: FromPath[UUID], state: State) -> Response[bytes]:
    """Return a customer's limits."""
    return _say(endpoints.LIMITS, {"limits": await _wallet(state).limits(CustomerId(customer_id))})


@get("/v1/accounts/{account_id:str}/entries")
async def entries(account_id: FromPath[str], request: Asking, state: State) -> Response[bytes]:
    """Return lines of an account, newest first."""
    asked = _asked(request, shapes.EntriesAsked)
    found = await _wallet(state).entries(
        CustomerId(asked.customer_id), account_id, before_seq=asked.before_seq, limit=asked.limit
    )
    return _say(endpoints.ENTRIES, {"entries": found})


@get(endpoints.TRANSACTIONS.path)
async def transactions(request: Asking, state: State) -> Response[bytes]:
    """List a customer's transactions, newest first."""
    asked = _asked(request, shapes.TransactionsAsked)
    if (asked.before_at is None) != (asked.before_id is None):
        raise Refused(422, "query_invalid", "before_at and before_id belong together")
    query = TransactionQuery(
        kinds=frozenset(asked.kind),
        ref=asked.ref,
        amount_minor=asked.amount_minor,
        since=asked.since,
        until=asked.until,
        outgoing=asked.outgoing,
        before=(asked.before_at, asked.before_id) if asked.before_at and asked.before_id else None,
        limit=asked.limit,
    )
    found = await _wallet(state).transactions(CustomerId(asked.customer_id), query)
    return _say(endpoints.TRANSACTIONS, {"transactions": found})


@get("/v1/transactions/{transaction_id:uuid}")
async def evidence(transaction_id: FromPath[UUID], request: Asking, state: State) -> Response[bytes]:
    """Return all that can be proved about a transaction."""
    asked = _asked(request, shapes.EvidenceAsked)
    found = await _wallet(state).evidence(
        CustomerId(asked.customer_id), transaction_id, refresh=asked.refresh
    )
    return _say(endpoints.EVIDENCE, _found(found, "transaction_missing"))


@get(endpoints.INCIDENTS.path)
async def incidents(state: State) -> Response[bytes]:
    """Return open disturbances."""
    return _say(endpoints.INCIDENTS, {"incidents": await _wallet(state).incidents()})


@get(endpoints.EVENTS.path)
async def events(request: Asking, state: State) -> Response[bytes]:
    """Return news after a cursor, oldest first."""
    asked = _asked(request, shapes.EventsAsked)
    return _say(endpoints.EVENTS, {"events": await _wallet(state).events(asked.after, limit=asked.limit)})


@post("/v1/actions/{name:str}", status_code=200)
async def action(name: FromPath[str], request: Asking, state: State) -> Response[bytes]:
    """Carry out what is asked, once for each idempotency key."""
    outcome = await _wallet(state).act(_command(name, request, await request.body()))
    if outcome.reason == "same_key_other_command":
        raise Refused(409, outcome.reason)
    return _say(endpoints.ACTION, outcome, 202 if outcome.state is OutcomeState.RUNNING else 200)


def _command(name: str, request: Asking, body: bytes) -> Command:
    """Read what is asked.

    Raises:
        Refused: It is not offered, has no key, or cannot be read.
    """
    if name not in {one.value for one in CommandName}:
        raise Refused(404, "not_offered")
    key = request.headers.get("idempotency-key", "")
    if not 1 <= len(key) <= KEY_CHARS_MAX:
        raise Refused(422, "key_missing", f"Idempotency-Key has 1 to {KEY_CHARS_MAX} characters")
    try:
        asked = msgspec.json.decode(body, type=shapes.Action)
        case = request.headers.get("x-case-id")
        case_id = UUID(case) if case else None
    except (msgspec.DecodeError, ValueError) as error:
        raise Refused(422, "body_invalid", str(error)) from error
    return Command(
        CommandName(name),
        CustomerId(asked.customer_id),
        key,
        asked.transaction_id,
        request.headers.get("x-actor", "desk")[:100],
        case_id,
    )


def _problem(problem: shapes.Problem, retry_after_seconds: float | None = None) -> Response[bytes]:
    headers = {"retry-after": str(max(1, round(retry_after_seconds)))} if retry_after_seconds else {}
    return Response(
        msgspec.json.encode(problem), status_code=problem.status, headers=headers, media_type=PROBLEM.decode()
    )


def _say_refused(_: Asking, error: Refused) -> Response[bytes]:
    return _problem(error.problem)


def _say_refusal(_: Asking, refusal: Refusal) -> Response[bytes]:
    reason = refusal.code.replace(".", "_")
    problem = shapes.Problem(refusal.code, STATUS[refusal.kind], reason)
    return _problem(problem, refusal.retry_after_seconds)


def _say_http(_: Asking, error: HTTPException) -> Response[bytes]:
    reason = "address_unknown" if error.status_code in (404, 405) else "request_invalid"
    return _problem(shapes.Problem("no such thing here", error.status_code, reason))


def _say_defect(_: Asking, error: Exception) -> Response[bytes]:
    _log.error("request failed", exc_info=error)
    return _problem(shapes.Problem("something went wrong", 500, "defect"))


HANDLERS: Final[list[Any]] = [
    capabilities, customer, accounts, restrictions, limits, entries, transactions, evidence, incidents, events, action,
]  # fmt: skip


def make_served(wallet: Wallet, secrets: Sequence[bytes]) -> Signed:
    """Build the application that serves a wallet to whoever signs with one of the secrets."""
    app = Litestar(
        route_handlers=HANDLERS,
        exception_handlers=cast(
            "Any",
            {
                Refused: _say_refused,
                Refusal: _say_refusal,
                HTTPException: _say_http,
                Exception: _say_defect,
            },
        ),
        state=State({"wallet": wallet}),
        openapi_config=None,
        debug=False,
        logging_config=None,
    )
    return Signed(cast("ASGIApp", app), secrets)
