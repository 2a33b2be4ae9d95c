"""Finding articles, and keeping what is looked through."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from walletdesk.desk.helpcentre import terms
from walletdesk.desk.helpcentre.model import BODY_CHARACTERS_MAX, QUESTION_CHARACTERS_MAX, Hit, Shown
from walletdesk.desk.helpcentre.queries import articles
from walletdesk.desk.helpcentre.queries import search as queries
from walletdesk.kit import db
from walletdesk.kit.i18n import Lang

ASKED_MAX: Final = {terms.WORD: 10, terms.SOUND: 10, terms.LETTER: 14}
"""How many terms of each sort are looked up, the rarest of the question: common ones cost most and tell least."""
SHARE_MIN: Final = 0.25
"""An article in which less of the question stands, by any sort, is not an answer."""
SHARE_OF_BEST: Final = 0.5
"""Nor is one in which less than this part of what the best one has of the question."""
SAID_MIN: Final = 0.5
"""From so much of the question in an article the bot offers it to whom it has not understood."""
SURE_MIN: Final = 0.34
"""Where less of the question stands in the best article, the question counts as not answered yet."""
UNKNOWN_SHAPE: Final = 0.5
"""What a sound or spelling that no article has counts for, of a word that none has: a typo makes some by itself."""
INDEXED_AT_ONCE: Final = 200
_CHARACTERS_MAX: Final = 2 * BODY_CHARACTERS_MAX


async def search(tx: db.Tx, question: str, lang: Lang, *, limit: int = 10) -> list[Hit]:
    """Return the articles that answer a question best, in the reader's language where there is such a text."""
    asked = terms.Asked(question, chars_max=QUESTION_CHARACTERS_MAX)
    if asked.empty:
        return []
    rare, unknown = await queries.rarities(tx, asked.every)
    chosen: dict[str, float] = {}
    totals: dict[str, float] = {}
    for sort, every in asked.sorts.items():
        by_rarity = sorted(((rare.get(term, 0.0), term) for term in every), reverse=True)
        chosen |= {term: value for value, term in by_rarity[: ASKED_MAX[sort]] if value}
        foreign = unknown if sort == terms.WORD else unknown * UNKNOWN_SHAPE
        totals[sort] = sum(sorted((rare.get(term, foreign) for term in every), reverse=True)[: ASKED_MAX[sort]])
    if not chosen:
        return []
    found = await queries.search(tx, lang, chosen, totals=totals, limit=limit)
    best = max((hit.share for hit in found), default=0.0)
    return [hit for hit in found if hit.share >= max(SHARE_MIN, best * SHARE_OF_BEST)]


async def find_sure(tx: db.Tx, question: str, lang: Lang) -> Shown | None:
    """Return the best article in a language, if so much of the question stands in it that it may be said unasked."""
    hits = [hit for hit in await search(tx, question, lang, limit=3) if hit.lang == lang]
    if not hits or hits[0].share < SAID_MIN:
        return None
    return await articles.find_shown(tx, hits[0].slug, lang)


def answers(hits: Sequence[Hit]) -> bool:
    """Say whether what was found counts as an answer."""
    return bool(hits) and max(hit.share for hit in hits) >= SURE_MIN


async def index_article(tx: db.Tx, number: int) -> None:
    """Let search see what of an article is published now."""
    await queries.forget(tx, number)
    for text in await queries.list_texts(tx, number):
        await queries.index(tx, number, _counted(text), await queries.lengths(tx))


async def index_all(tx: db.Tx) -> None:
    """Make the index anew, some articles at a time: no statement and no pause between two may take long.

    How long articles are on average is taken from the first of them.
    """
    await queries.clear(tx)
    texts = await queries.list_texts(tx)
    average: queries.Lengths | None = None
    for at in range(0, len(texts), INDEXED_AT_ONCE):
        some = texts[at : at + INDEXED_AT_ONCE]
        counted = await asyncio.to_thread(_all_counted, some)
        average = average or queries.average_of(counted)
        await queries.index_many(tx, counted, average)


def _all_counted(texts: Sequence[queries.Texts]) -> list[tuple[int, dict[str, int]]]:
    return [(one.number, _counted(one)) for one in texts]


def _counted(text: queries.Texts) -> dict[str, int]:
    return terms.of_article(text.title, text.words, text.body, chars_max=_CHARACTERS_MAX)
