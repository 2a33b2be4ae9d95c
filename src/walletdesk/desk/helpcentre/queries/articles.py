"""Articles, their versions, and how readers voted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from walletdesk.desk.helpcentre.model import Article, Listed, Packaged, Shown, State, Text, Topic, Version
from walletdesk.kit import db
from walletdesk.kit.i18n import Lang


class Votes(msgspec.Struct, frozen=True):
    """How many readers of the published version were helped, and how many not."""

    lang: Lang
    helped: int
    not_helped: int


class Row(msgspec.Struct, frozen=True):
    """One article in the editors' list, in one language: what is shown and what is being written."""

    id: UUID
    slug: str
    intent: str | None
    topic: str
    lang: Lang | None
    title: str | None
    published: int | None
    open_state: str | None
    stale: bool
    helped: int
    not_helped: int


async def insert_article(
    tx: db.Tx, article_id: UUID, *, slug: str, intent: str | None, topic: Topic, now: datetime
) -> Article | None:
    """Write an article; None where its address or its intent is another's already."""
    return await db.fetch_one(
        tx,
        Article,
        """
        INSERT INTO helpcentre.article (id, slug, intent, topic, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        RETURNING id, number, slug, intent, topic
        """,
        article_id,
        slug,
        intent,
        topic.value,
        now,
    )


async def find_article(tx: db.Tx, article_id: UUID) -> Article | None:
    """Return an article."""
    return await db.fetch_one(
        tx, Article, "SELECT id, number, slug, intent, topic FROM helpcentre.article WHERE id = $1", article_id
    )


async def lock_article(tx: db.Tx, article_id: UUID) -> Article | None:
    """Lock an article for the rest of the transaction, so that its versions change one after the other."""
    return await db.fetch_one(
        tx,
        Article,
        "SELECT id, number, slug, intent, topic FROM helpcentre.article WHERE id = $1 FOR NO KEY UPDATE",
        article_id,
    )


async def find_by_slug(tx: db.Tx, slug: str) -> Article | None:
    """Return the article of an address."""
    return await db.fetch_one(
        tx, Article, "SELECT id, number, slug, intent, topic FROM helpcentre.article WHERE slug = $1", slug
    )


async def lock_packaged(tx: db.Tx) -> None:
    """Let one process at a time bring in the articles of the package."""
    await tx.execute("SELECT pg_advisory_xact_lock(7241080)")


async def list_digests(tx: db.Tx) -> dict[tuple[str, str], tuple[str | None, bool]]:
    """Return for each address and language the digest of its last published text, and whether the package owns it.

    What the staff has published or taken down is the staff's.
    """
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (a.slug, v.lang) a.slug, v.lang, v.digest,
               v.authors = '{}' AND v.state = 'published' AS packaged
          FROM helpcentre.version v JOIN helpcentre.article a ON a.id = v.article_id
         WHERE v.state IN ('published', 'retired')
         ORDER BY a.slug, v.lang, v.state = 'published' DESC, v.version DESC
        """
    )
    return {(row["slug"], row["lang"]): (row["digest"], row["packaged"]) for row in rows}


async def insert_packaged(tx: db.Tx, article_id: UUID, one: Packaged, *, now: datetime) -> None:
    """Publish a text of the package; the one before it is retired, a draft of the staff stays."""
    await tx.execute(
        """
        UPDATE helpcentre.version SET state = 'retired', updated_at = $3
         WHERE article_id = $1 AND lang = $2 AND state = 'published'
        """,
        article_id,
        one.lang,
        now,
    )
    await tx.execute(
        """
        INSERT INTO helpcentre.version (article_id, lang, version, state, title, body, words, reviewed_on, stale_on,
                                        digest, created_at, updated_at, published_at)
        SELECT $1, $2, coalesce(max(version), 0) + 1, 'published', $3, $4, $5, $6, $7, $8, $9, $9, $9
          FROM helpcentre.version WHERE article_id = $1 AND lang = $2
        """,
        article_id,
        one.lang,
        one.text.title,
        one.text.body,
        one.text.words,
        one.text.reviewed_on,
        one.text.stale_on,
        one.digest,
        now,
    )


async def find_version(tx: db.Tx, article_id: UUID, lang: Lang, *states: State) -> Version | None:
    """Return the version of a language that is in one of these states; of several the newest."""
    return await db.fetch_one(
        tx,
        Version,
        """
        SELECT article_id, lang, version, state, title, body, words, reviewed_on, stale_on, authors, reviewer_id,
               note, updated_at, published_at
          FROM helpcentre.version WHERE article_id = $1 AND lang = $2 AND state = ANY ($3)
         ORDER BY version DESC LIMIT 1
        """,
        article_id,
        lang,
        [state.value for state in states],
    )


async def list_versions(tx: db.Tx, article_id: UUID) -> list[Version]:
    """Return every version of an article, the newest of each language first."""
    return await db.fetch_all(
        tx,
        Version,
        """
        SELECT article_id, lang, version, state, title, body, words, reviewed_on, stale_on, authors, reviewer_id,
               note, updated_at, published_at
          FROM helpcentre.version WHERE article_id = $1 ORDER BY lang DESC, version DESC
        """,
        article_id,
    )


async def insert_draft(
    tx: db.Tx, article_id: UUID, lang: Lang, text: Text, *, author_id: UUID, now: datetime
) -> None:
    """Begin a new version as a draft."""
    await tx.execute(
        """
        INSERT INTO helpcentre.version (article_id, lang, version, state, title, body, words, reviewed_on, stale_on,
                                        authors, created_at, updated_at)
        SELECT $1, $2, coalesce(max(version), 0) + 1, 'draft', $3, $4, $5, $6, $7, ARRAY[$8::uuid], $9, $9
          FROM helpcentre.version WHERE article_id = $1 AND lang = $2
        """,
        article_id,
        lang,
        text.title,
        text.body,
        text.words,
        text.reviewed_on,
        text.stale_on,
        author_id,
        now,
    )


async def save_draft(tx: db.Tx, draft: Version, text: Text, *, author_id: UUID, now: datetime) -> None:
    """Write what a draft says now; whoever has written in it once stays one of its authors."""
    await tx.execute(
        """
        UPDATE helpcentre.version
           SET title = $4, body = $5, words = $6, reviewed_on = $7, stale_on = $8, updated_at = $10,
               authors = CASE WHEN $9 = ANY (authors) THEN authors ELSE authors || $9::uuid END
         WHERE article_id = $1 AND lang = $2 AND version = $3
        """,
        draft.article_id,
        draft.lang,
        draft.version,
        text.title,
        text.body,
        text.words,
        text.reviewed_on,
        text.stale_on,
        author_id,
        now,
    )


async def save_state(
    tx: db.Tx, version: Version, state: State, *, now: datetime, note: str | None = None
) -> None:
    """Let a version stand elsewhere."""
    await tx.execute(
        """
        UPDATE helpcentre.version SET state = $4, note = coalesce($6, note), updated_at = $5
         WHERE article_id = $1 AND lang = $2 AND version = $3
        """,
        version.article_id,
        version.lang,
        version.version,
        state.value,
        now,
        note,
    )


async def save_published(tx: db.Tx, version: Version, *, reviewer_id: UUID, now: datetime) -> None:
    """Show a version to readers, by whom it was looked at."""
    await tx.execute(
        """
        UPDATE helpcentre.version
           SET state = 'published', reviewer_id = $4, published_at = $5, updated_at = $5
         WHERE article_id = $1 AND lang = $2 AND version = $3
        """,
        version.article_id,
        version.lang,
        version.version,
        reviewer_id,
        now,
    )


async def find_shown(tx: db.Tx, slug: str, lang: Lang) -> Shown | None:
    """Return what readers of a language see at an address; in the other language where it is not translated."""
    return await db.fetch_one(
        tx,
        Shown,
        """
        SELECT v.article_id, a.slug, a.intent, a.topic, v.lang, v.version, v.title, v.body, v.reviewed_on, v.stale_on,
               v.published_at
          FROM helpcentre.article a JOIN helpcentre.version v ON v.article_id = a.id
         WHERE a.slug = $1 AND v.state = 'published'
         ORDER BY v.lang = $2 DESC LIMIT 1
        """,
        slug,
        lang,
    )


async def find_for_intent(tx: db.Tx, intent: str, lang: Lang) -> Shown | None:
    """Return the published article that answers an intent, in the language that is spoken and in no other."""
    return await db.fetch_one(
        tx,
        Shown,
        """
        SELECT v.article_id, a.slug, a.intent, a.topic, v.lang, v.version, v.title, v.body, v.reviewed_on, v.stale_on,
               v.published_at
          FROM helpcentre.article a JOIN helpcentre.version v ON v.article_id = a.id
         WHERE a.intent = $1 AND v.state = 'published' AND v.lang = $2
        """,
        intent,
        lang,
    )


async def list_shown(tx: db.Tx, lang: Lang, *, topic: str | None = None, limit: int = 500) -> list[Listed]:
    """Return what is published, each in the reader's language if there is such a text."""
    return await db.fetch_all(
        tx,
        Listed,
        """
        SELECT a.slug, a.topic, v.lang, v.title
          FROM helpcentre.article a
          JOIN LATERAL (SELECT lang, title FROM helpcentre.version
                         WHERE article_id = a.id AND state = 'published'
                         ORDER BY lang = $1 DESC LIMIT 1) AS v ON true
         WHERE $2::text IS NULL OR a.topic = $2
         ORDER BY a.number LIMIT $3
        """,
        lang,
        topic,
        limit,
    )


async def list_rows(tx: db.Tx, *, after: str, limit: int, today: datetime) -> list[Row]:
    """Return a page of the editors' list by address: each article in each of its languages."""
    return await db.fetch_all(
        tx,
        Row,
        """
        WITH page AS (
            SELECT id, slug, intent, topic FROM helpcentre.article WHERE slug > $1 ORDER BY slug LIMIT $2
        )
        SELECT p.id, p.slug, p.intent, p.topic, v.lang, v.title, v.published, v.open_state,
               coalesce(v.stale_on <= $3::date, false) AS stale, coalesce(o.helped, 0) AS helped,
               coalesce(o.not_helped, 0) AS not_helped
          FROM page p
          LEFT JOIN LATERAL (
              SELECT lang,
                     coalesce(max(title) FILTER (WHERE state = 'published'),
                              max(title) FILTER (WHERE state IN ('draft', 'review')), max(title)) AS title,
                     max(version) FILTER (WHERE state = 'published') AS published,
                     max(state) FILTER (WHERE state IN ('draft', 'review')) AS open_state,
                     max(stale_on) FILTER (WHERE state = 'published') AS stale_on
                FROM helpcentre.version WHERE article_id = p.id GROUP BY lang
          ) AS v ON true
          LEFT JOIN LATERAL (
              SELECT count(*) FILTER (WHERE helped)::int AS helped,
                     count(*) FILTER (WHERE NOT helped)::int AS not_helped
                FROM helpcentre.vote WHERE article_id = p.id AND lang = v.lang AND version = v.published
          ) AS o ON true
         ORDER BY p.slug, v.lang DESC
        """,
        after,
        limit,
        today,
    )


async def save_vote(tx: db.Tx, shown: Shown, voter: bytes, *, helped: bool, now: datetime) -> None:
    """Write whether a reader was helped; a second voice of the same reader takes the place of the first."""
    await tx.execute(
        """
        INSERT INTO helpcentre.vote (article_id, lang, version, voter, helped, at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (article_id, lang, version, voter) DO UPDATE SET helped = excluded.helped, at = excluded.at
        """,
        shown.article_id,
        shown.lang,
        shown.version,
        voter,
        helped,
        now,
    )


async def list_votes(tx: db.Tx, article_id: UUID) -> list[Votes]:
    """Return how readers voted on what is published, by language."""
    return await db.fetch_all(
        tx,
        Votes,
        """
        SELECT v.lang, count(o.voter) FILTER (WHERE o.helped)::int AS helped,
               count(o.voter) FILTER (WHERE NOT o.helped)::int AS not_helped
          FROM helpcentre.version v
          LEFT JOIN helpcentre.vote o USING (article_id, lang, version)
         WHERE v.article_id = $1 AND v.state = 'published' GROUP BY v.lang ORDER BY v.lang DESC
        """,
        article_id,
    )
