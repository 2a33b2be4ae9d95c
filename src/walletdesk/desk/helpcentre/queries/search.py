"""The posting table: keeping it, and asking it.

BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, section 3.5) with the part that depends on
the article kept in each posting; how rare a term is comes in with the question. The sorts of terms are ranked
apart and fused by reciprocal rank (Cormack, Clarke and Buettcher, SIGIR 2009, k = 60).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from walletdesk.desk.helpcentre.model import Hit
from walletdesk.desk.helpcentre.terms import LETTER, SORTS, SOUND, WORD
from walletdesk.kit import db
from walletdesk.kit.i18n import Lang

K1: Final = 1.2
LIKENESS: Final = 0.75
"""What it counts that all of a question sounds like an article, or is spelled like it, without saying the same."""
_LEAST: Final = 1e-6
LENGTH: Final = 0.75
"""How much longer articles are held back (`b` of the formula)."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What of an article is indexed: the published texts of both languages."""

    number: int
    title: str
    words: str
    body: str


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many articles are indexed, and how long they are on average, by sort of term."""

    articles: int
    words: float
    sounds: float
    letters: float

    def of(self, sort: str) -> float:
        """Return the average of a sort."""
        return {WORD: self.words, SOUND: self.sounds}.get(sort, self.letters)


@dataclass(frozen=True, slots=True)
class _Known:
    term: str
    articles: int


async def lengths(tx: db.Tx) -> Lengths:
    """Return how much is indexed."""
    found = await db.fetch_one(
        tx,
        Lengths,
        """
        SELECT count(*)::int AS articles, coalesce(avg(words), 0)::float8 AS words,
               coalesce(avg(sounds), 0)::float8 AS sounds, coalesce(avg(letters), 0)::float8 AS letters
          FROM helpcentre.indexed
        """,
    )
    assert found is not None
    return found


async def list_texts(tx: db.Tx, number: int | None = None) -> list[Texts]:
    """Return what is to be indexed, of one article or of all."""
    return await db.fetch_all(
        tx,
        Texts,
        r"""
        SELECT a.number, string_agg(v.title, E'\n' ORDER BY v.lang) AS title,
               string_agg(v.words, E'\n' ORDER BY v.lang) AS words, string_agg(v.body, E'\n' ORDER BY v.lang) AS body
          FROM helpcentre.article a JOIN helpcentre.version v ON v.article_id = a.id
         WHERE v.state = 'published' AND ($1::int IS NULL OR a.number = $1)
         GROUP BY a.number ORDER BY a.number
        """,
        number,
    )


async def forget(tx: db.Tx, number: int) -> None:
    """Take an article out of the index."""
    await tx.execute(
        """
        WITH gone AS (DELETE FROM helpcentre.posting WHERE number = $1 RETURNING term),
             done AS (DELETE FROM helpcentre.indexed WHERE number = $1)
        UPDATE helpcentre.term t SET articles = articles - 1 FROM gone WHERE t.term = gone.term
        """,
        number,
    )


def _spans(counts: Mapping[str, int]) -> dict[str, int]:
    """Return how many terms of each sort an article has."""
    found = dict.fromkeys(SORTS, 0)
    for term, count in counts.items():
        found[term[0]] += count
    return found


def _weights(counts: Mapping[str, int], average: Lengths) -> list[tuple[str, float]]:
    """Return each term with `f (k1 + 1) / (f + k1 (1 - b + b l / average))`."""
    held: dict[str, float] = {}
    for sort, length in _spans(counts).items():
        relative = length / average.of(sort) if average.of(sort) else 1.0
        held[sort] = K1 * (1 - LENGTH + LENGTH * relative)
    return [(term, f * (K1 + 1) / (f + held[term[0]])) for term, f in counts.items()]


async def index(tx: db.Tx, number: int, counts: Mapping[str, int], average: Lengths) -> None:
    """Put one article into the index, in which it must not stand."""
    weighted = _weights(counts, average)
    await tx.execute(
        """
        WITH new AS (SELECT * FROM unnest($2::text[], $3::real[]) AS n (term, weight)),
             done AS (INSERT INTO helpcentre.indexed (number, words, sounds, letters) VALUES ($1, $4, $5, $6)),
             posted AS (INSERT INTO helpcentre.posting (term, number, weight) SELECT term, $1, weight FROM new)
        INSERT INTO helpcentre.term (term, articles) SELECT term, 1 FROM new ORDER BY term
        ON CONFLICT (term) DO UPDATE SET articles = helpcentre.term.articles + 1
        """,
        number,
        [term for term, _ in weighted],
        [weight for _, weight in weighted],
        *(_spans(counts)[sort] for sort in SORTS),
    )


def average_of(found: Sequence[tuple[int, Mapping[str, int]]]) -> Lengths:
    """Return how long some articles are on average."""
    spans = [_spans(counts) for _, counts in found]
    count = max(1, len(spans))
    return Lengths(count, *(sum(span[sort] for span in spans) / count for sort in SORTS))


async def clear(tx: db.Tx) -> None:
    """Forget the whole index."""
    for statement in (
        "DELETE FROM helpcentre.posting", "DELETE FROM helpcentre.indexed", "DELETE FROM helpcentre.term"
    ):  # fmt: skip
        await tx.execute(statement)


async def index_many(tx: db.Tx, found: Sequence[tuple[int, Mapping[str, int]]], average: Lengths) -> None:
    """Put several articles into the index, in which they must not stand."""
    records = [(term, number, weight) for number, counts in found for term, weight in _weights(counts, average)]
    # In the order of the key, so that the pages of the index fill one after the other.
    records.sort()
    await tx.copy_records_to_table(
        "posting", schema_name="helpcentre", columns=("term", "number", "weight"), records=records
    )
    spans = [(number, *(_spans(counts)[sort] for sort in SORTS)) for number, counts in found]
    await tx.copy_records_to_table(
        "indexed", schema_name="helpcentre", columns=("number", "words", "sounds", "letters"), records=spans
    )
    having = sorted(Counter(term for _, counts in found for term in counts).items())
    await tx.execute(
        """
        INSERT INTO helpcentre.term (term, articles) SELECT * FROM unnest($1::text[], $2::int[])
        ON CONFLICT (term) DO UPDATE SET articles = helpcentre.term.articles + excluded.articles
        """,
        [term for term, _ in having],
        [count for _, count in having],
    )


async def rarities(tx: db.Tx, terms: Sequence[str]) -> tuple[dict[str, float], float]:
    """Return how rare each known term is (the inverse frequency of BM25), and how rare an unknown one counts."""
    articles = (await lengths(tx)).articles
    known = await db.fetch_all(
        tx, _Known, "SELECT term, articles FROM helpcentre.term WHERE term = ANY ($1) AND articles > 0", list(terms)
    )
    return {one.term: rarity(one.articles, articles) for one in known}, rarity(0, articles)


def rarity(having: int, articles: int) -> float:
    """Return `ln(1 + (N - n + 0.5) / (n + 0.5))`, which is never negative."""
    return math.log(1 + (max(articles, having) - having + 0.5) / (having + 0.5))


async def search(
    tx: db.Tx, lang: Lang, asked: Mapping[str, float], *, totals: Mapping[str, float], limit: int
) -> list[Hit]:
    """Return the articles that fit best: `asked` are terms with their rarity, `totals` the whole question's by sort.

    Each sort of term ranks its fifty best; an article's place in each counts as one over sixty and its place,
    times how much of the question that sort can account for at all: letters that are pinyin are no words. Of the
    question's share that stands in an article, likeness of sound or spelling counts `LIKENESS`.
    """
    rows: Sequence[Mapping[str, Any]] = await tx.fetch(
        """
        WITH asked AS (SELECT * FROM unnest($1::text[], $2::real[]) AS a (term, rarity)),
        scored AS (
            SELECT p.number, left(p.term, 1) AS sort, sum(p.weight * a.rarity) AS score, sum(a.rarity) AS matched
              FROM asked a JOIN helpcentre.posting p ON p.term = a.term
             GROUP BY p.number, left(p.term, 1)
        ),
        shared AS (
            SELECT number, sort, score,
                   matched / CASE sort WHEN 'w' THEN $3::real WHEN 's' THEN $4::real ELSE $5::real END AS share
              FROM scored
        ),
        ranked AS (
            SELECT number, row_number() OVER (PARTITION BY sort ORDER BY score DESC, number) AS place, share,
                   max(share) OVER (PARTITION BY sort) AS trust
              FROM shared
        ),
        fused AS (
            SELECT number, sum(trust / (60 + place))::float8 AS score, max(share)::float8 AS share
              FROM ranked WHERE place <= 50 GROUP BY number ORDER BY 2 DESC, number LIMIT $6
        )
        SELECT a.id AS article_id, a.slug, a.topic, v.lang, v.title, v.body, v.version, f.score, f.share
          FROM fused f JOIN helpcentre.article a USING (number)
          JOIN LATERAL (SELECT lang, title, body, version FROM helpcentre.version
                         WHERE article_id = a.id AND state = 'published'
                         ORDER BY lang = $7 DESC LIMIT 1) AS v ON true
         ORDER BY f.score DESC, a.number
        """,
        list(asked),
        list(asked.values()),
        max(totals[WORD], _LEAST),
        max(totals[SOUND] / LIKENESS, _LEAST),
        max(totals[LETTER] / LIKENESS, _LEAST),
        limit,
        lang,
    )
    return [Hit(**dict(row)) for row in rows]
