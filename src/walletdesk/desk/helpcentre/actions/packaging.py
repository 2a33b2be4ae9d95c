"""Bringing in the articles that come with the product."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from walletdesk.desk.helpcentre.actions import finding
from walletdesk.desk.helpcentre.model import Packaged
from walletdesk.desk.helpcentre.queries import articles as queries
from walletdesk.kit import db
from walletdesk.kit.ids import new_id


async def load(tx: db.Tx, articles: Sequence[Packaged], *, now: datetime) -> int:
    """Publish what the package has newly or anew; return how many texts that were.

    Safe to repeat and in several processes at once. A text that the staff has published in place of the package's is
    left as it is, and so is an article of the staff's that answers the same intent.
    """
    await queries.lock_packaged(tx)
    there = await queries.list_digests(tx)
    done = 0
    for one in articles:
        if not _is_new(one, there):
            continue
        article = await queries.find_by_slug(tx, one.slug) or await queries.insert_article(
            tx, new_id(), slug=one.slug, intent=one.intent, topic=one.topic, now=now
        )
        if article is not None:
            await queries.insert_packaged(tx, article.id, one, now=now)
            done += 1
    if done:
        await finding.index_all(tx)
    return done


def _is_new(one: Packaged, there: dict[tuple[str, str], tuple[str | None, bool]]) -> bool:
    digest, packaged = there.get((one.slug, one.lang), (None, True))
    return packaged and digest != one.digest
