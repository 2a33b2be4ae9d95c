"""Between HTTP and the rooms: who is asking, what he may, what was sent, and how a no is said.

Each room's `http.py` exports `ROUTES`. Every handler names its permission: `opt={"permission": "..."}`; one
without is refused at start. Bodies are msgspec structs that forbid unknown fields.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal, cast
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.handlers import BaseRouteHandler

from walletdesk.kit import db, metrics
from walletdesk.kit.i18n import Lang, lang_of, refusal_text
from walletdesk.kit.ids import new_id
from walletdesk.kit.refusal import Kind, Refusal

STATUS: Final[dict[Kind, int]] = {
    Kind.NOT_FOUND: 404,
    Kind.FORBIDDEN: 403,
    Kind.UNAUTHENTICATED: 401,
    Kind.CONFLICT: 409,
    Kind.INVALID: 422,
    Kind.TOO_LARGE: 413,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
STAFF_COOKIE: Final = "wd_staff"
WALLET_COOKIE: Final = "wd_wallet"
PROOF_HEADER: Final = "x-walletdesk"
"""Unsafe requests that carry a cookie must carry this header too: no foreign page can add it (CSRF)."""

HEADERS: Final[dict[str, str]] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "geolocation=(), microphone=(self), camera=(self)",
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Who:
    """Who is asking: nobody, a visitor, a customer (in his chat or in the demo wallet) or an agent."""

    kind: Literal["nobody", "anonymous", "customer", "agent"]
    id: UUID | None = None
    name: str | None = None
    roles: frozenset[str] = frozenset()
    lang: Lang = "zh"
    session_id: UUID | None = None
    door: Literal["none", "chat", "wallet", "staff"] = "none"
    extra: dict[str, Any] = field(default_factory=dict[str, Any])


NOBODY: Final = Who("nobody")
_WHO: Final = "walletdesk_who"

Identify = Callable[[db.Pool, str, str], Awaitable[Who | None]]
"""Find the owner of a session secret: `(pool, door, secret) -> who`; doors are chat, wallet, staff."""
May = Callable[[Who, str], bool]
"""Say whether somebody has a permission."""


class NotSignedIn(Refusal):
    """Nobody is signed in, or the session has ended."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "kit.not_signed_in"


class NotPermitted(Refusal):
    """The one who asks may not do this."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "kit.not_permitted"


class ForeignOrigin(Refusal):
    """The request comes from another site's page."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "kit.foreign_origin"


class BodyInvalid(Refusal):
    """The body does not have the shape that this endpoint reads; `field` names what is wrong."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "kit.body_invalid"


class RouteUnknown(Refusal):
    """There is nothing at this address."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "kit.route_unknown"


class MethodUnknown(Refusal):
    """This address does not take this method."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "kit.method_unknown"


class BodyTooLarge(Refusal):
    """The body is larger than this endpoint reads."""

    kind: ClassVar[Kind] = Kind.TOO_LARGE
    code: ClassVar[str] = "kit.body_too_large"


class Defect(Refusal):
    """Something that should not happen has happened; the id finds it in the log."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "kit.defect"


class Said(msgspec.Struct, omit_defaults=True):
    """A refusal as it is sent: stable code, text in the reader's language, the field at fault."""

    code: str
    text: str
    field: str | None = None
    details: dict[str, str] = {}
    retry_after_s: float | None = None


def said(refusal: Refusal, lang: Lang) -> Said:
    """Put a refusal into the form in which every door sends it."""
    return Said(
        refusal.code,
        refusal_text(lang, refusal),
        refusal.field,
        {name: str(value) for name, value in refusal.details.items()},
        refusal.retry_after_seconds,
    )


def lang_of_connection(connection: ASGIConnection[Any, Any, Any, Any]) -> Lang:
    """Choose the language: the session's, else the browser's."""
    who = _found(connection)
    if who.kind != "nobody":
        return who.lang
    return lang_of(connection.headers.get("accept-language"))


def _found(connection: ASGIConnection[Any, Any, Any, Any]) -> Who:
    """Return who the guard has found, or nobody."""
    return cast("Who", connection.state.get(_WHO, NOBODY))


def secret_of(connection: ASGIConnection[Any, Any, Any, Any], door: str) -> str | None:
    """Return the session secret a request carries for a door."""
    if door == "chat":
        scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
        return secret if scheme.lower() == "bearer" and secret else None
    return connection.cookies.get(STAFF_COOKIE if door == "staff" else WALLET_COOKIE)


async def who_is(connection: ASGIConnection[Any, Any, Any, Any], doors: Sequence[str]) -> Who:
    """Find out who is asking, through any of the given doors; `NOBODY` if through none."""
    if (known := _found(connection)).kind != "nobody":
        return known
    identify = cast("Identify", connection.app.state.identify)
    for door in doors:
        if (secret := secret_of(connection, door)) is not None:
            who = await identify(cast("db.Pool", connection.app.state.pool), door, secret)
            if who is not None:
                connection.state[_WHO] = who
                return who
    return NOBODY


DOORS_OF: Final[dict[str, tuple[str, ...]]] = {
    "chat": ("chat",),
    "wallet": ("wallet",),
    "desk": ("staff",),
    "staff": ("staff",),
    "any": ("staff", "chat"),
}


async def guard_permission(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Refuse whoever lacks the permission that the handler names.

    Permissions are `<door>.<what>`: the door says which session counts. `public` lets everybody in.

    Raises:
        NotSignedIn, NotPermitted, ForeignOrigin
    """
    permission = cast("str", handler.opt["permission"])
    refuse_foreign_origin(connection, form=bool(handler.opt.get("form")))
    if permission == "public":
        return
    who = await who_is(connection, DOORS_OF[permission.partition(".")[0]])
    if who.kind == "nobody":
        raise NotSignedIn
    if not cast("May", connection.app.state.may)(who, permission):
        raise NotPermitted(permission=permission)


def refuse_foreign_origin(connection: ASGIConnection[Any, Any, Any, Any], *, form: bool = False) -> None:
    """Refuse unsafe requests of other sites: by Origin, and by a header that only our pages add.

    A `form` of a page without script adds no header; what it sends must not depend on who is signed in.

    Raises:
        ForeignOrigin
    """
    if not isinstance(connection, Request) or connection.method not in UNSAFE:
        return
    if not origin_is_own(connection):
        raise ForeignOrigin
    has_cookie = STAFF_COOKIE in connection.cookies or WALLET_COOKIE in connection.cookies
    by_cookie = has_cookie and not form and "authorization" not in connection.headers
    if by_cookie and connection.headers.get(PROOF_HEADER) != "1":
        raise ForeignOrigin


def origin_is_own(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Say whether a request's Origin, if it names one, is this site or one that the operator allows."""
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    allowed = cast("frozenset[str]", getattr(connection.app.state, "origins", frozenset[str]()))
    return urlsplit(origin).netloc == connection.headers.get("host") or origin in allowed


async def provide_who(request: Request[Any, Any, Any]) -> Who:
    """Dependency `who`: found by the guard already, or nobody."""
    return _found(request)


async def provide_pool(request: Request[Any, Any, Any]) -> db.Pool:
    """Dependency `pool`: the database pool of the running application."""
    return cast("db.Pool", request.app.state.pool)


async def provide_lang(request: Request[Any, Any, Any]) -> Lang:
    """Dependency `lang`: the reader's language."""
    return lang_of_connection(request)


def say_no(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Said]:
    """Turn a refusal into its response."""
    metrics.REFUSALS.labels(refusal.code).inc()
    headers: dict[str, str] = {}
    if refusal.retry_after_seconds is not None:
        headers["retry-after"] = str(max(1, round(refusal.retry_after_seconds)))
    return Response(
        said(refusal, lang_of_connection(request)),
        status_code=STATUS[refusal.kind],
        headers=headers,
        media_type=MediaType.JSON,
    )


def say_invalid(request: Request[Any, Any, Any], error: ValidationException) -> Response[Said]:
    """Turn the framework's complaint about a body or parameter into ours, with the field's name."""
    extra = cast("Any", error.extra)
    first = cast("dict[str, Any]", extra[0]) if isinstance(extra, list) and extra else {}
    name = str(first.get("key") or "") or None
    reason = str(first.get("message") or error.detail)
    return say_no(request, BodyInvalid(field=name, reason=reason))


def say_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Said]:
    """Turn the framework's own refusals into ours."""
    if isinstance(error, NotFoundException):
        return say_no(request, RouteUnknown())
    if isinstance(error, MethodNotAllowedException):
        return say_no(request, MethodUnknown())
    if error.status_code == 413:
        return say_no(request, BodyTooLarge())
    if isinstance(error, ClientException):
        return say_no(request, BodyInvalid(reason=error.detail))
    return say_defect(request, error)


def say_defect(request: Request[Any, Any, Any], error: Exception) -> Response[Said]:
    """Log a defect once and answer with an id by which it can be found; never with its text."""
    error_id = str(new_id())
    _log.error(
        "request failed",
        extra={"error_id": error_id, "method": request.method, "route": request.scope["path_template"]},
        exc_info=error,
    )
    response = say_no(request, Defect(error_id=error_id))
    response.status_code = 500
    return response


EXCEPTION_HANDLERS: Final[dict[type[Exception], Callable[..., Response[Any]]]] = {
    Refusal: say_no,
    ValidationException: say_invalid,
    HTTPException: say_http,
    Exception: say_defect,
}


def session_cookie(name: str, secret: str, *, max_age_seconds: int, secure: bool) -> Cookie:
    """Make the cookie of a session: unreadable for scripts, never sent by other sites' pages."""
    return Cookie(
        key=name,
        value=secret,
        httponly=True,
        samesite="strict" if name == STAFF_COOKIE else "lax",
        secure=secure,
        path="/",
        max_age=max_age_seconds,
    )
