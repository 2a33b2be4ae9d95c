"""What everybody may read: the first page, search, articles, and "did this help"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, cast

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect
from markupsafe import Markup

from walletdesk.desk.helpcentre import markdown
from walletdesk.desk.helpcentre.actions import finding, gaps
from walletdesk.desk.helpcentre.http.given import Pool
from walletdesk.desk.helpcentre.http.rendering import LARGE, View, day, page, stylesheet, view_of
from walletdesk.desk.helpcentre.model import QUESTION_CHARACTERS_MAX, Hit, Listed, Shown, Topic
from walletdesk.desk.helpcentre.queries import articles as stored
from walletdesk.kit import clock, crypto, db, limits
from walletdesk.kit.i18n import Lang
from walletdesk.kit.limits import TooMany

BESIDE_MAX: Final = 5
VOTER_BYTES: Final = 16

_searches = limits.Buckets(burst=60, per_seconds=60)
_votes = limits.Buckets(burst=20, per_seconds=60)

Connection = Request[Any, Any, Any]


@dataclass
class VoteForm:
    """The form under an article."""

    helped: Literal["yes", "no"]
    lang: Literal["zh", "en"] = "zh"
    size: str = ""


class Found(msgspec.Struct, frozen=True):
    """One line of the results."""

    slug: str
    lang: Lang
    title: str
    opening: str


class Results(msgspec.Struct, frozen=True):
    """What was found, for pages that search by themselves."""

    results: list[Found]


def _address(request: Connection) -> str:
    return request.client.host if request.client else ""


def _found(hits: Sequence[Hit]) -> list[Found]:
    return [Found(hit.slug, hit.lang, hit.title, " ".join(markdown.first_lines(hit.body)[:1])) for hit in hits]


def _by_topic(listed: Sequence[Listed]) -> list[tuple[str, list[Listed]]]:
    found = [(topic.value, [one for one in listed if one.topic == topic]) for topic in Topic]
    return [(topic, some) for topic, some in found if some]


@get("/help", opt={"permission": "public"})
async def first_page(request: Connection, pool: Pool) -> Response[str]:
    """Show all articles by topic, or with `q` those that answer a question."""
    question = " ".join(request.query_params.get("q", "").split())[:QUESTION_CHARACTERS_MAX] or None
    view = view_of(request, question=question)
    if question is None:
        async with db.reading(pool) as tx:
            listed = await stored.list_shown(tx, view.lang)
        return page("help", view, hits=[], topics=_by_topic(listed), busy=False)
    try:
        _searches.take(_address(request))
    except TooMany:
        return page("help", view, hits=[], topics=[], busy=True, status=429)
    async with db.transaction(pool) as tx:
        hits = await finding.search(tx, question, view.lang)
        if not finding.answers(hits):
            await gaps.note_gap(tx, question, view.lang, chat=False, now=clock.now())
    return page("help", view, hits=_found(hits), topics=[], busy=False)


@get("/help/{slug:str}", opt={"permission": "public"})
async def article(request: Connection, slug: FromPath[str], pool: Pool) -> Response[str]:
    """Show an article."""
    view = view_of(request)
    async with db.reading(pool) as tx:
        shown = await stored.find_shown(tx, slug, view.lang)
        beside = await stored.list_shown(tx, view.lang, topic=shown.topic) if shown else []
    if shown is None:
        return page("missing", view, status=404)
    voted = request.query_params.get("voted")
    return _article(view, shown, beside, voted if voted in ("yes", "no") else None)


def _article(view: View, shown: Shown, beside: Sequence[Listed], voted: str | None) -> Response[str]:
    others = [one for one in beside if one.slug != shown.slug][:BESIDE_MAX]
    return page(
        "article",
        view,
        shown=shown,
        # The renderer of `markdown` lets no HTML through that it has not made itself.
        body=Markup(markdown.html(shown.body)),  # noqa: S704
        stale=shown.stale_on <= clock.now().date(),
        stale_on=day(shown.stale_on, view.lang),
        reviewed_on=day(shown.reviewed_on, view.lang),
        beside=others,
        voted=voted,
    )


@post("/help/{slug:str}/vote", opt={"permission": "public", "form": True}, status_code=303)
async def vote(
    request: Connection,
    slug: FromPath[str],
    data: Annotated[VoteForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
    pool: Pool,
    state: State,
) -> Response[Any]:
    """Note whether an article has helped, and show it again with thanks."""
    view = View(f"/help/{slug}", data.lang, said_lang=True, large=data.size == LARGE)
    try:
        _votes.take(_address(request))
    except TooMany:
        return Redirect(view.link(view.path, voted=data.helped) + "#helped", status_code=303)
    async with db.transaction(pool) as tx:
        shown = await stored.find_shown(tx, slug, data.lang)
        if shown is None:
            return page("missing", view, status=404)
        reader = f"{_address(request)}\0{request.headers.get('user-agent', '')}"
        voter = cast("crypto.Box", state.box).index(reader, column="helpcentre.vote")[:VOTER_BYTES]
        await stored.save_vote(tx, shown, voter, helped=data.helped == "yes", now=clock.now())
    return Redirect(view.link(view.path, voted=data.helped) + "#helped", status_code=303)


@get("/api/help/search", opt={"permission": "public"})
async def search(request: Connection, pool: Pool) -> Results:
    """Return the articles that answer the question `q`, in the language `lang` or the browser's."""
    view = view_of(request)
    _searches.take(_address(request))
    async with db.reading(pool) as tx:
        return Results(_found(await finding.search(tx, request.query_params.get("q", ""), view.lang)))


@get("/help.css", opt={"permission": "public"}, sync_to_thread=False)
def style() -> Response[bytes]:
    """Serve the style sheet of the public pages; its address carries its digest."""
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(stylesheet()[0], media_type=MediaType.CSS, headers=headers)


ROUTES = [first_page, article, vote, search, style]
