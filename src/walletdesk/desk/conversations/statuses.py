"""What a customer is told, without being asked, when his conversation moves: short status lines.

Keys of texts `conversations.status.<key>`; nobody is told of what he cannot notice (an offer that was not taken).
"""

from __future__ import annotations

from typing import Final

from walletdesk.desk.conversations.model import LEVELS, Conversation, State
from walletdesk.desk.conversations.promise import Accepted, DueCame, Effect, Happening

FACES: Final = ("bad", "poor", "fair", "good", "great")
_WAITS_FOR_PEOPLE: Final = frozenset({State.QUEUED, State.OFFERED})
LEVEL_MANAGER: Final = LEVELS.index("duty_manager")
_TOLD_LEVELS: Final = {1: "late_queue", LEVEL_MANAGER: "late_manager"}


def status_keys(
    before: Conversation, after: Conversation, happening: Happening, effects: tuple[Effect, ...]
) -> list[str]:
    """Return which status lines a step is worth, in the order in which they are said."""
    if Effect.RESOLVED in effects:
        return ["resolved_idle" if isinstance(happening, DueCame) else "resolved"]
    if Effect.DEBT_BROKEN in effects and before.debt_kind is not None:
        return [f"broken_{before.debt_kind.value}"]
    if isinstance(happening, DueCame):
        return _late(before, after) if Effect.ESCALATED in effects else []
    if isinstance(happening, Accepted):
        return ["joined"] if before.state is not State.AGENT and after.state is State.AGENT else []
    if Effect.QUEUED in effects and before.state not in _WAITS_FOR_PEOPLE:
        return ["queued_again" if before.state is State.AGENT else "queued"]
    return []


def _late(before: Conversation, after: Conversation) -> list[str]:
    if before.state is State.BOT:
        return ["late_bot"]
    if before.state is State.AGENT:
        return ["late_agent"]
    if after.level == before.level:
        return []
    if before.state is State.OFFERED and after.level < LEVEL_MANAGER:
        return []  # an offer that was not taken is our affair
    key = _TOLD_LEVELS.get(after.level)
    return [key] if key is not None and before.state in _WAITS_FOR_PEOPLE else []
