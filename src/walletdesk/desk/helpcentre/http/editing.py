"""The editors' doors: articles, their texts, search as readers have it, and what nobody has answered yet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from walletdesk.desk.helpcentre import markdown
from walletdesk.desk.helpcentre.actions import editing, finding, gaps
from walletdesk.desk.helpcentre.http.given import Asker, Pool, agent_of
from walletdesk.desk.helpcentre.model import (
    BODY_CHARACTERS_MAX,
    NOTE_CHARACTERS_MAX,
    SLUG_CHARACTERS_MAX,
    SLUG_PATTERN,
    TITLE_CHARACTERS_MAX,
    WORDS_CHARACTERS_MAX,
    Article,
    ArticleMissing,
    Text,
    Topic,
    Version,
)
from walletdesk.desk.helpcentre.queries import articles as stored
from walletdesk.desk.helpcentre.queries import gaps as stored_gaps
from walletdesk.desk.helpcentre.queries.articles import Row, Votes
from walletdesk.desk.helpcentre.queries.gaps import Gap, GapState
from walletdesk.kit import clock, db
from walletdesk.kit.i18n import Lang

PAGE_MAX = 100
TEXT = "/api/desk/help/articles/{article_id:uuid}/{language:str}"
GAPS_MAX = 200


class NewArticle(msgspec.Struct, forbid_unknown_fields=True):
    """An article to begin: its address, its heading, and the intent that it answers, if any."""

    slug: Annotated[str, msgspec.Meta(pattern=SLUG_PATTERN, max_length=SLUG_CHARACTERS_MAX)]
    topic: Topic
    intent: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] | None = None


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    """What a draft shall say; `seen_at`: the `updated_at` of the draft that was read, null to begin one."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_CHARACTERS_MAX)]
    body: Annotated[str, msgspec.Meta(min_length=1, max_length=BODY_CHARACTERS_MAX)]
    reviewed_on: date
    stale_on: date
    words: Annotated[str, msgspec.Meta(max_length=WORDS_CHARACTERS_MAX)] = ""
    seen_at: datetime | None = None


class Note(msgspec.Struct, forbid_unknown_fields=True):
    """What is missing before a text can be published."""

    note: Annotated[str, msgspec.Meta(min_length=1, max_length=NOTE_CHARACTERS_MAX)]


class Sketch(msgspec.Struct, forbid_unknown_fields=True):
    """A text to look at."""

    body: Annotated[str, msgspec.Meta(max_length=BODY_CHARACTERS_MAX)]


class Preview(msgspec.Struct, frozen=True):
    """How a text will look: on the page, and as first lines in the chat."""

    html: str
    lines: list[str]


class ArticleAnswer(msgspec.Struct, frozen=True):
    """An article with every version, and how readers voted on what is shown."""

    article: Article
    versions: list[Version]
    votes: list[Votes]


class ArticlesAnswer(msgspec.Struct, frozen=True):
    """A page of the list; `next` is the mark of the next one."""

    articles: list[Row]
    next: str | None


class FoundHit(msgspec.Struct, frozen=True):
    """What readers would find, with its rank."""

    slug: str
    lang: Lang
    title: str
    score: float
    share: float


class FoundAnswer(msgspec.Struct, frozen=True):
    """The answer of the test box."""

    hits: list[FoundHit]


class GapsAnswer(msgspec.Struct, frozen=True):
    """Questions that found no article."""

    gaps: list[Gap]


class Decide(msgspec.Struct, forbid_unknown_fields=True):
    """What became of a question."""

    state: GapState
    article_id: UUID | None = None


@get("/api/desk/help/articles", opt={"permission": "desk.edit"})
async def list_articles(
    pool: Pool,
    after: Annotated[str, QueryParameter(max_length=SLUG_CHARACTERS_MAX)] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50,
) -> ArticlesAnswer:
    """Return a page of articles by address, one row for each language."""
    async with db.reading(pool) as tx:
        rows = await stored.list_rows(tx, after=after, limit=limit + 1, today=clock.now())
    slugs = list(dict.fromkeys(row.slug for row in rows))
    shown = slugs[:limit]
    more = shown[-1] if len(slugs) > limit else None
    return ArticlesAnswer([row for row in rows if row.slug in shown], more)


@post("/api/desk/help/articles", opt={"permission": "desk.edit"})
async def create(data: JSONBody[NewArticle], who: Asker, pool: Pool) -> Article:
    """Begin an article."""
    async with db.transaction(pool) as tx:
        return await editing.create(
            tx, slug=data.slug, intent=data.intent, topic=data.topic, by=agent_of(who), now=clock.now()
        )


@get("/api/desk/help/articles/{article_id:uuid}", opt={"permission": "desk.edit"})
async def view(article_id: FromPath[UUID], pool: Pool) -> ArticleAnswer:
    """Return an article with its versions."""
    async with db.reading(pool) as tx:
        found = await stored.find_article(tx, article_id)
        if found is None:
            raise ArticleMissing
        versions = await stored.list_versions(tx, article_id)
        return ArticleAnswer(found, versions, await stored.list_votes(tx, article_id))


@put(TEXT, opt={"permission": "desk.edit"})
async def write(
    article_id: FromPath[UUID], language: FromPath[Lang], data: JSONBody[Draft], who: Asker, pool: Pool
) -> Version:
    """Write the draft of a language."""
    text = Text(data.title, data.body, data.words, data.reviewed_on, data.stale_on)
    async with db.transaction(pool) as tx:
        return await editing.write(
            tx, article_id, language, text, seen_at=data.seen_at, by=agent_of(who), now=clock.now()
        )


@post(f"{TEXT}/submit", opt={"permission": "desk.edit"}, status_code=200)
async def submit(article_id: FromPath[UUID], language: FromPath[Lang], who: Asker, pool: Pool) -> Version:
    """Send a draft to review."""
    async with db.transaction(pool) as tx:
        return await editing.submit(tx, article_id, language, by=agent_of(who), now=clock.now())


@post(f"{TEXT}/send-back", opt={"permission": "desk.publish"}, status_code=200)
async def send_back(
    article_id: FromPath[UUID], language: FromPath[Lang], data: JSONBody[Note], who: Asker, pool: Pool
) -> Version:
    """Give a text under review back, with what is missing."""
    async with db.transaction(pool) as tx:
        return await editing.send_back(tx, article_id, language, note=data.note, by=agent_of(who), now=clock.now())


@post(f"{TEXT}/publish", opt={"permission": "desk.publish"}, status_code=200)
async def publish(article_id: FromPath[UUID], language: FromPath[Lang], who: Asker, pool: Pool) -> Version:
    """Show a text under review to readers; not to be done by whoever has written in it."""
    async with db.transaction(pool) as tx:
        return await editing.publish(tx, article_id, language, by=agent_of(who), now=clock.now())


@post(f"{TEXT}/retire", opt={"permission": "desk.publish"}, status_code=200)
async def retire(article_id: FromPath[UUID], language: FromPath[Lang], who: Asker, pool: Pool) -> Version:
    """Show a published text no more."""
    async with db.transaction(pool) as tx:
        return await editing.retire(tx, article_id, language, by=agent_of(who), now=clock.now())


@post("/api/desk/help/preview", opt={"permission": "desk.edit"}, status_code=200, sync_to_thread=False)
def preview(data: JSONBody[Sketch]) -> Preview:
    """Return how a text will look; nothing is kept."""
    return Preview(markdown.html(data.body), markdown.first_lines(data.body))


@get("/api/desk/help/search", opt={"permission": "desk.edit"})
async def try_search(
    pool: Pool, q: Annotated[str, QueryParameter(max_length=400)] = "", language: FromQuery[Lang] = "zh"
) -> FoundAnswer:
    """Return what readers would find, with ranks."""
    async with db.reading(pool) as tx:
        hits = await finding.search(tx, q, language)
    return FoundAnswer([FoundHit(hit.slug, hit.lang, hit.title, hit.score, hit.share) for hit in hits])


@get("/api/desk/help/gaps", opt={"permission": "desk.edit"})
async def list_gaps(pool: Pool, which: FromQuery[GapState] = "open") -> GapsAnswer:
    """Return questions that found no article, the most often asked first."""
    async with db.reading(pool) as tx:
        return GapsAnswer(await stored_gaps.list_gaps(tx, which, limit=GAPS_MAX))


@post("/api/desk/help/gaps/{gap_id:uuid}", opt={"permission": "desk.edit"}, status_code=200)
async def decide(gap_id: FromPath[UUID], data: JSONBody[Decide], who: Asker, pool: Pool) -> Gap:
    """Note what became of a question."""
    async with db.transaction(pool) as tx:
        return await gaps.decide(tx, gap_id, data.state, article_id=data.article_id, agent_id=agent_of(who))


ROUTES: list[Any] = [
    list_articles, create, view, write, submit, send_back, publish, retire, preview, try_search, list_gaps, decide,
]  # fmt: skip
