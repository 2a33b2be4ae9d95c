"""The boxes of the inbox, and who is here."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import FromQuery, JSONBody, QueryParameter

from walletdesk.desk.conversations import queries as stored
from walletdesk.desk.conversations.queries import Box
from walletdesk.desk.routing import actions, queries
from walletdesk.desk.routing.http.given import Asker, Pool
from walletdesk.desk.routing.model import Presence, agent_of
from walletdesk.desk.routing.views import Colleagues, InboxAnswer, mark_of, place_in, row_view
from walletdesk.kit import clock, db
from walletdesk.people import audit
from walletdesk.people.model import Deed

PAGE_MAX = 200


class ChoosePresence(msgspec.Struct, forbid_unknown_fields=True):
    """What an agent says of himself."""

    presence: Presence


class Chosen(msgspec.Struct, frozen=True):
    """What he counts as now, and how many conversations went back to the queue by it."""

    presence: Presence
    returned: int


@get("/api/desk/inbox", opt={"permission": "desk.read"})
async def inbox(
    who: Asker,
    pool: Pool,
    box: FromQuery[Box] = "mine",
    after: Annotated[str | None, QueryParameter(max_length=200)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50,
) -> InboxAnswer:
    """Return a page of a box by key, the most urgent first; looking at other people's boxes is written down."""
    place = place_in(after) if after else None
    agent_id = agent_of(who)
    async with db.transaction(pool) as tx:
        rows = await stored.list_inbox(tx, box, agent_id=agent_id, after=place, limit=limit + 1)
        counts = await stored.count_boxes(tx, agent_id)
        if box != "mine":
            deed = Deed("agent", agent_id, "inbox_read", f"inbox/{box}", {"rows": min(len(rows), limit)})
            await audit.record(tx, [deed], now=clock.now())
    more = mark_of(stored.place_of_row(box, rows[limit - 1])) if len(rows) > limit else None
    return InboxAnswer([row_view(row) for row in rows[:limit]], more, counts)


@get("/api/desk/presence", opt={"permission": "desk.read"})
async def colleagues(pool: Pool) -> Colleagues:
    """Say who is or was here today."""
    async with db.reading(pool) as tx:
        return Colleagues(await queries.list_colleagues(tx, clock.now()))


@post("/api/desk/presence", opt={"permission": "desk.act"}, status_code=200)
async def choose(data: JSONBody[ChoosePresence], who: Asker, pool: Pool) -> Chosen:
    """Say whether one takes conversations; offline gives back what one holds."""
    async with db.transaction(pool) as tx:
        returned = await actions.choose(tx, who, data.presence, now=clock.now())
    return Chosen(data.presence, returned)


ROUTES = [inbox, colleagues, choose]
