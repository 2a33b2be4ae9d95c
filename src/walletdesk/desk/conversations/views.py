"""How a conversation's state is shown: who answers until when, in the reader's language and at his local time."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from walletdesk.desk.conversations.model import (
    LEVEL_MAX,
    LEVELS,
    Conversation,
    Debt,
    PromiseView,
    State,
    StateView,
)
from walletdesk.kit.i18n import Lang, text

Viewer = Literal["customer", "staff"]
DEFAULT_ZONE = "Asia/Shanghai"


def state_view(
    conversation: Conversation, lang: Lang, viewer: Viewer, *, zone: str = DEFAULT_ZONE
) -> StateView:
    """Return what is true of a conversation now, as `viewer` may see it.

    A customer learns the name of an agent once he has taken the conversation, not while it is offered to him.
    """
    row = conversation
    resolved = row.state is State.RESOLVED
    rated = resolved and row.rated_resolution >= row.resolutions
    shown = row.owner_id is not None and (viewer == "staff" or row.state is not State.OFFERED)
    return StateView(
        row.state.value,
        row.owner_kind.value,
        row.owner_name if shown else None,
        _promise(
            row.state, row.due_at, row.debt_due_at, row.promised_at, row.owed_since is not None, row.level,
            row.owner_name if shown else None, lang, viewer, zone,
        ),
        row.customer_read_seq,
        row.agent_read_seq,
        resolved and not rated,
        rated,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _promise(
    state: State,
    due_at: datetime | None,
    debt_due_at: datetime | None,
    promised_at: datetime,
    owed: bool,  # noqa: FBT001 - private, hashed as it stands
    level: int,
    name: str | None,
    lang: Lang,
    viewer: Viewer,
    zone: str,
) -> PromiseView | None:
    """Put the promise into words; None where nobody waits for us."""
    by = debt_due_at if state in (State.WAIT_THIRD, State.CALLBACK) else due_at
    if by is None or state is State.WAIT_CUST or (state in (State.BOT, State.AGENT) and not owed):
        return None
    params = {
        "name": name or text(lang, "conversations.colleague"),
        "time": _local(by, promised_at, zone),
        "next": text(lang, f"conversations.level.{LEVELS[min(level + 1, LEVEL_MAX)]}"),
    }
    key = "queued_red" if level >= LEVEL_MAX and state in (State.QUEUED, State.OFFERED) else state.value
    return PromiseView(text(lang, f"conversations.promise.{viewer}.{key}", **params), by)


def debt_name(debt: Debt, lang: Lang) -> str:
    """Name what was promised."""
    return text(lang, f"conversations.debt.{debt.value}")


def _local(moment: datetime, beside: datetime, zone: str) -> str:
    """Write a moment as a clock of that zone shows it; with the day where it is not the same day."""
    place = ZoneInfo(zone)
    there = moment.astimezone(place)
    same_day = there.date() == beside.astimezone(place).date()
    return there.strftime("%H:%M" if same_day else "%m-%d %H:%M")
