"""Links in what people write are marked for the staff: whose page it is, and whether it is dangerous.

The marks are made when somebody looks and are stored nowhere, so that a domain that was put on the deny list today
is marked in yesterday's messages too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec

from walletdesk.desk.conversations.model import Author, Item, ItemKind, LinkMark
from walletdesk.guard.links import Policy, check_all, reasons
from walletdesk.kit.i18n import Lang, text

_MAY_HOLD: Final = re.compile(r"[.:。．｡点]|dot", re.IGNORECASE)
_KINDS: Final = frozenset({ItemKind.TEXT.value, ItemKind.NOTE.value})
_PEOPLE: Final = frozenset({Author.CUSTOMER.value, Author.AGENT.value})


def marked(items: Iterable[Item], policy: Policy, lang: Lang) -> list[Item]:
    """Return items with the links in them marked, in the reader's language."""
    return [_with_marks(item, policy, lang) for item in items]


def _with_marks(item: Item, policy: Policy, lang: Lang) -> Item:
    if item.kind not in _KINDS or item.author.kind not in _PEOPLE or not _MAY_HOLD.search(item.text):
        return item
    marks = _marks(item.text, policy, lang)
    return msgspec.structs.replace(item, links=marks) if marks else item


@lru_cache(maxsize=1024)
def _marks(said: str, policy: Policy, lang: Lang) -> tuple[LinkMark, ...]:
    return tuple(
        LinkMark(
            one.site or one.link.target[:40], one.verdict.value, text(lang, f"guard.verdict.{one.verdict.value}"),
            tuple(reasons(one, lang)),
        )
        for one in check_all(said, policy)
    )  # fmt: skip
