"""The demo's own doors: whom one can be, and what shall go wrong. Without a demo they do not exist (404)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from walletdesk.kit import clock, db, limits
from walletdesk.kit.i18n import Lang, lang_of
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.web import NotSignedIn, Who
from walletdesk.people import queries as people_queries
from walletdesk.wallet.reference.http import with_session
from walletdesk.world import actions
from walletdesk.world.faults import FAULTS
from walletdesk.world.personas import PERSONAS, Persona

Pool = NamedDependency[SkipValidation[db.Pool]]
Asker = NamedDependency[Who]

_plays = limits.Buckets(burst=20, per_seconds=60)

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class PersonaItem(msgspec.Struct):
    """Whom one can be: the situation, and what to try as him."""

    persona: str
    name: str
    title: str
    hint: str
    say: str
    locale: str
    large_type: bool


class Personas(msgspec.Struct):
    """Everybody one can be."""

    personas: list[PersonaItem]


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """Whom the visitor wants to be."""

    persona: Word


class FaultItem(msgspec.Struct):
    """One position of the switch."""

    fault: str
    title: str
    hint: str


class Faults(msgspec.Struct):
    """Where the switch is, and where it could be."""

    fault: str
    faults: list[FaultItem]


class ChosenFault(msgspec.Struct, forbid_unknown_fields=True):
    """What shall go wrong."""

    fault: Word


class Played(msgspec.Struct):
    """What has happened: the transaction to ask about."""

    transaction_id: UUID


def _lang(request: Request[Any, Any, Any]) -> Lang:
    return lang_of(request.headers.get("accept-language"))


def _customer(who: Who) -> CustomerId:
    if who.id is None:
        raise NotSignedIn
    return CustomerId(who.id)


@get("/api/demo/personas", opt={"permission": "public"})
async def personas(pool: Pool, request: Request[Any, Any, Any]) -> Personas:
    """List whom one can be."""
    lang = _lang(request)
    async with db.reading(pool) as tx:
        await actions.refuse_without_world(tx)
        bodies = {one.persona: one for one in await people_queries.list_personas(tx)}
    found = [(one, bodies[one.name].name) for one in PERSONAS if one.name in bodies]
    return Personas([_persona(one, name, lang) for one, name in found])


def _persona(one: Persona, name: str, lang: Lang) -> PersonaItem:
    return PersonaItem(one.name, name, one.title(lang), one.hint(lang), one.say(lang), one.locale, one.large_type)


@post("/api/demo/sign-in", opt={"permission": "public"}, status_code=204)
async def sign_in(data: JSONBody[SignIn], pool: Pool, state: State) -> Response[None]:
    """Become a persona."""
    async with db.transaction(pool) as tx:
        await actions.refuse_without_world(tx)
        session, _ = await actions.sign_in(tx, data.persona, now=clock.now())
    return with_session(Response(None, status_code=204), session, state)


@get("/api/demo/faults", opt={"permission": "wallet.customer"})
async def faults(who: Asker, pool: Pool, request: Request[Any, Any, Any]) -> Faults:
    """Say what goes wrong with this customer's orders, and what could."""
    async with db.reading(pool) as tx:
        return await _faults(tx, _customer(who), _lang(request))


async def _faults(tx: db.Tx, customer_id: CustomerId, lang: Lang) -> Faults:
    await actions.refuse_without_world(tx)
    now_on = await actions.fault_of(tx, customer_id)
    return Faults(now_on, [FaultItem(one.name, one.title(lang), one.hint(lang)) for one in FAULTS])


@post("/api/demo/faults", opt={"permission": "wallet.customer"}, status_code=200)
async def switch(data: JSONBody[ChosenFault], who: Asker, pool: Pool, request: Request[Any, Any, Any]) -> Faults:
    """Let something go wrong with this customer's orders from now on."""
    customer_id = _customer(who)
    async with db.transaction(pool) as tx:
        await actions.refuse_without_world(tx)
        await actions.switch(tx, customer_id, data.fault, now=clock.now())
        return await _faults(tx, customer_id, _lang(request))


@post("/api/demo/play", opt={"permission": "wallet.customer"}, status_code=200)
async def play(data: JSONBody[ChosenFault], who: Asker, pool: Pool) -> Played:
    """Let one anomaly happen to this customer at once."""
    customer_id = _customer(who)
    _plays.take(str(customer_id))
    async with db.transaction(pool) as tx:
        await actions.refuse_without_world(tx)
        return Played(await actions.play(tx, customer_id, data.fault, now=clock.now()))


ROUTES = [personas, sign_in, faults, switch, play]
