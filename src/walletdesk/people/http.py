"""The staff's door: sign in, sign out, who am I."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.response import Redirect

from walletdesk.kit import clock, db, limits
from walletdesk.kit.ids import AgentId
from walletdesk.kit.refusal import Refusal
from walletdesk.kit.web import STAFF_COOKIE, NotSignedIn, Who, session_cookie
from walletdesk.people import actions, queries
from walletdesk.people.model import STAFF_SESSION, OpenedSession

_attempts = limits.Buckets(burst=20, per_seconds=60)


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """What the sign-in form sends."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]


class Me(msgspec.Struct):
    """Who is signed in at the desk."""

    id: AgentId
    name: str
    roles: list[str]
    lang: str
    skills: list[str]
    capacity: int


class ChangeLang(msgspec.Struct, forbid_unknown_fields=True):
    """Which language this session wants to read."""

    lang: Annotated[str, msgspec.Meta(pattern="^(zh|en)$")]


def _with_cookie(response: Response[None], session: OpenedSession, state: State) -> Response[None]:
    cookie = session_cookie(
        STAFF_COOKIE,
        session.secret,
        max_age_seconds=int(STAFF_SESSION.total_seconds()),
        secure=bool(state.secure_cookies),
    )
    response.set_cookie(cookie)
    return response


@get("/sign-in/{secret:str}", opt={"permission": "public"})
async def sign_in_by_link(secret: str, pool: db.Pool, state: State) -> Response[None]:
    """Use a one-time link of the staff and go to the console."""
    async with db.transaction(pool) as tx:
        session, _ = await actions.sign_in_by_link(tx, secret, door="staff", now=clock.now())
    return _with_cookie(Redirect("/console"), session, state)


@post("/api/staff/sign-in", opt={"permission": "public"}, status_code=204)
async def sign_in(data: SignIn, pool: db.Pool, state: State) -> Response[None]:
    """Sign in with e-mail and password."""
    _attempts.take(data.email.lower())
    async with db.transaction(pool) as tx:
        found = await actions.sign_in_by_password(tx, data.email, data.password, now=clock.now())
    if isinstance(found, Refusal):
        raise found
    return _with_cookie(Response(None, status_code=204), found[0], state)


@post("/api/staff/sign-out", opt={"permission": "staff.self"}, status_code=204)
async def sign_out(who: Who, pool: db.Pool) -> Response[None]:
    """End this session."""
    async with db.transaction(pool) as tx:
        await actions.sign_out(tx, who, now=clock.now())
    response = Response(None, status_code=204)
    response.delete_cookie(STAFF_COOKIE)
    return response


@get("/api/staff/me", opt={"permission": "staff.self"})
async def me(who: Who, pool: db.Pool) -> Me:
    """Say who is signed in."""
    async with db.reading(pool) as tx:
        agent = await queries.find_agent(tx, who.id) if who.id else None
    if agent is None:
        raise NotSignedIn
    return Me(agent.id, agent.name, agent.roles, who.lang, agent.skills, agent.capacity)


@post("/api/staff/lang", opt={"permission": "staff.self"}, status_code=204)
async def change_lang(data: ChangeLang, who: Who, pool: db.Pool) -> None:
    """Change the language of this session."""
    async with db.transaction(pool) as tx:
        if who.session_id is not None:
            await queries.save_session_lang(tx, who.session_id, data.lang)


ROUTES = [sign_in_by_link, sign_in, sign_out, me, change_lang]
