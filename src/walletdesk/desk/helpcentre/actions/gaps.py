"""Noting what nobody has answered yet."""

from __future__ import annotations

import re
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from walletdesk.desk.helpcentre import terms
from walletdesk.desk.helpcentre.model import QUESTION_CHARACTERS_MAX, ArticleMissing
from walletdesk.desk.helpcentre.queries import articles
from walletdesk.desk.helpcentre.queries import gaps as queries
from walletdesk.desk.helpcentre.queries.gaps import Gap, GapState
from walletdesk.guard.masking import mask
from walletdesk.kit import db, spelling
from walletdesk.kit.i18n import Lang
from walletdesk.kit.ids import new_id
from walletdesk.kit.refusal import Kind, Refusal

_NUMBER: Final = re.compile(r"[0-9][0-9 .,:/-]*[0-9]|[0-9]")
_MAIL: Final = re.compile(r"\S+@\S+\.\w+|https?://\S+|www\.\S+")
LETTERS_MIN: Final = 4
HAN_MIN: Final = 2


class GapMissing(Refusal):
    """There is no such question."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "helpcentre.gap_missing"


async def note_gap(tx: db.Tx, question: str, lang: Lang, *, chat: bool, now: datetime) -> bool:
    """Count a question that was not answered; say whether it was worth it.

    Secrets are masked, addresses and every number are taken out: what stays is what was wanted, not who wanted it.
    """
    shown = _bare(question)
    sense = " ".join(terms.runs(shown, chars_max=QUESTION_CHARACTERS_MAX))
    if len(re.findall("[a-z]", sense)) < LETTERS_MIN and sum(map(spelling.has_han, sense)) < HAN_MIN:
        return False
    await queries.count_up(tx, new_id(), sense=sense, question=shown, lang=lang, chat=chat, now=now)
    return True


def _bare(question: str) -> str:
    masked = mask(question.replace("\0", "")[:QUESTION_CHARACTERS_MAX]).text
    return " ".join(_NUMBER.sub("#", _MAIL.sub("…", masked)).split())


async def decide(
    tx: db.Tx, gap_id: UUID, state: GapState, *, article_id: UUID | None, agent_id: UUID
) -> Gap:
    """Note what became of a question: answered by an article, dismissed, or open again.

    Raises:
        GapMissing, ArticleMissing
    """
    if state == "answered" and (article_id is None or await articles.find_article(tx, article_id) is None):
        raise ArticleMissing(field="article_id")
    found = await queries.save_decided(
        tx, gap_id, state, article_id=article_id if state == "answered" else None, agent_id=agent_id
    )
    if found is None:
        raise GapMissing
    return found
