"""What the room hears in the event log: it only notes what is to be done; the job `bot_news` does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from walletdesk.bot.dialogue import actions
from walletdesk.kit import db
from walletdesk.kit.events import Follower, Recorded

_KIND: Final = {
    "FindingChanged": "finding",
    "CommandFinished": "command",
    "HandOffDue": "handoff_due",
    "ConversationIdle": "remind",
    "ConversationHandedOff": "note",
}


async def react(tx: db.Tx, found: Sequence[Recorded], now: datetime) -> None:
    """Note what news there is to tell, and what was said where the bot has no turn."""
    todos = [todo for event in found if (todo := _todo(event)) is not None]
    said = [(event.key, int(event.body["seq"])) for event in found if _is_said(event)]
    await actions.note(tx, todos, said, now=now)


def _todo(event: Recorded) -> tuple[UUID, str, dict[str, Any]] | None:
    kind = _KIND.get(event.name)
    conversation_id = event.body.get("conversation_id")
    if kind is None or conversation_id is None:
        return None
    return UUID(str(conversation_id)), kind, event.body


def _is_said(event: Recorded) -> bool:
    return (
        event.name == "MessagePosted"
        and event.body.get("author") == "customer"
        and event.body.get("kind") in ("text", "choice")
    )


follower: Final = Follower("dialogue", frozenset({*_KIND, "MessagePosted"}), react)
"""Hears of news, of commands that ended, of silent customers and handoffs, and of what was said."""
