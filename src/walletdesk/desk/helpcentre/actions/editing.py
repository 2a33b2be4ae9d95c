"""Writing articles: draft, review by somebody else, published."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from walletdesk.desk.helpcentre.actions import finding
from walletdesk.desk.helpcentre.events import ArticlePublished
from walletdesk.desk.helpcentre.model import (
    BODY_CHARACTERS_MAX,
    TITLE_CHARACTERS_MAX,
    WORDS_CHARACTERS_MAX,
    Article,
    ArticleMissing,
    DraftChanged,
    FourEyes,
    IntentTaken,
    SlugTaken,
    StaleTooEarly,
    State,
    Text,
    TextInvalid,
    Topic,
    UnderReview,
    Version,
    VersionMissing,
)
from walletdesk.desk.helpcentre.queries import articles as queries
from walletdesk.kit import db, events
from walletdesk.kit.i18n import Lang
from walletdesk.kit.ids import new_id
from walletdesk.people import audit
from walletdesk.people.model import Deed


async def create(tx: db.Tx, *, slug: str, intent: str | None, topic: Topic, by: UUID, now: datetime) -> Article:
    """Begin an article; nothing of it is shown before a text is published.

    Raises:
        SlugTaken, IntentTaken
    """
    made = await queries.insert_article(tx, new_id(), slug=slug, intent=intent, topic=topic, now=now)
    if made is None:
        if await queries.find_by_slug(tx, slug) is not None:
            raise SlugTaken(field="slug")
        raise IntentTaken(field="intent", slug=slug)
    await audit.record(tx, [Deed("agent", by, "article_created", f"article/{made.id}", {"slug": slug})], now=now)
    return made


async def write(
    tx: db.Tx, article_id: UUID, lang: Lang, text: Text, *, seen_at: datetime | None, by: UUID, now: datetime
) -> Version:
    """Write the draft of a language; without one, begin it. `seen_at`: when the draft was changed that he has read.

    Raises:
        ArticleMissing, TextInvalid, StaleTooEarly
        UnderReview: It has been sent to review.
        DraftChanged: Somebody has written in it since, or begun one.
    """
    _check(text)
    await _locked(tx, article_id)
    open_one = await queries.find_version(tx, article_id, lang, State.DRAFT, State.REVIEW)
    if open_one is not None and open_one.state == State.REVIEW:
        raise UnderReview
    if (open_one.updated_at if open_one else None) != seen_at:
        raise DraftChanged
    if open_one is None:
        await queries.insert_draft(tx, article_id, lang, text, author_id=by, now=now)
    else:
        await queries.save_draft(tx, open_one, text, author_id=by, now=now)
    return await _of(tx, article_id, lang, State.DRAFT)


def _check(text: Text) -> None:
    for field, value, most in (("title", text.title, TITLE_CHARACTERS_MAX), ("body", text.body, BODY_CHARACTERS_MAX)):
        if not value.strip() or len(value) > most or "\0" in value:
            raise TextInvalid(field=field, most=most)
    if len(text.words) > WORDS_CHARACTERS_MAX or "\0" in text.words:
        raise TextInvalid(field="words", most=WORDS_CHARACTERS_MAX)
    if text.stale_on <= text.reviewed_on:
        raise StaleTooEarly(field="stale_on")


async def _locked(tx: db.Tx, article_id: UUID) -> Article:
    found = await queries.lock_article(tx, article_id)
    if found is None:
        raise ArticleMissing
    return found


async def _of(tx: db.Tx, article_id: UUID, lang: Lang, state: State) -> Version:
    found = await queries.find_version(tx, article_id, lang, state)
    if found is None:
        raise VersionMissing
    return found


async def submit(tx: db.Tx, article_id: UUID, lang: Lang, *, by: UUID, now: datetime) -> Version:
    """Send a draft to review.

    Raises:
        ArticleMissing, VersionMissing
    """
    await _locked(tx, article_id)
    draft = await _of(tx, article_id, lang, State.DRAFT)
    await queries.save_state(tx, draft, State.REVIEW, now=now)
    await _note(tx, "article_submitted", draft, by, now)
    return await _of(tx, article_id, lang, State.REVIEW)


async def send_back(tx: db.Tx, article_id: UUID, lang: Lang, *, note: str, by: UUID, now: datetime) -> Version:
    """Give a text under review back to its authors, with what is missing.

    Raises:
        ArticleMissing, VersionMissing
    """
    await _locked(tx, article_id)
    version = await _of(tx, article_id, lang, State.REVIEW)
    await queries.save_state(tx, version, State.DRAFT, note=note.replace("\0", ""), now=now)
    await _note(tx, "article_sent_back", version, by, now)
    return await _of(tx, article_id, lang, State.DRAFT)


async def publish(tx: db.Tx, article_id: UUID, lang: Lang, *, by: UUID, now: datetime) -> Version:
    """Show a text under review to readers in place of the one before; whoever has written in it may not.

    Raises:
        ArticleMissing, VersionMissing, FourEyes
    """
    article = await _locked(tx, article_id)
    version = await _of(tx, article_id, lang, State.REVIEW)
    if by in version.authors:
        raise FourEyes
    before = await queries.find_version(tx, article_id, lang, State.PUBLISHED)
    if before is not None:
        await queries.save_state(tx, before, State.RETIRED, now=now)
    await queries.save_published(tx, version, reviewer_id=by, now=now)
    await finding.index_article(tx, article.number)
    await _note(tx, "article_published", version, by, now)
    await events.emit(tx, article_id, ArticlePublished(article_id, article.slug, lang, version.version))
    return await _of(tx, article_id, lang, State.PUBLISHED)


async def retire(tx: db.Tx, article_id: UUID, lang: Lang, *, by: UUID, now: datetime) -> Version:
    """Show the published text of a language no more.

    Raises:
        ArticleMissing, VersionMissing
    """
    article = await _locked(tx, article_id)
    version = await _of(tx, article_id, lang, State.PUBLISHED)
    await queries.save_state(tx, version, State.RETIRED, now=now)
    await finding.index_article(tx, article.number)
    await _note(tx, "article_retired", version, by, now)
    return await _of(tx, article_id, lang, State.RETIRED)


async def _note(tx: db.Tx, action: str, version: Version, by: UUID, now: datetime) -> None:
    details = {"lang": version.lang, "version": version.version}
    await audit.record(tx, [Deed("agent", by, action, f"article/{version.article_id}", details)], now=now)
