"""Reads and writes of schema `routing`, and what routing looks at in the conversations' rows."""

from walletdesk.desk.routing.queries.offers import (
    answer_offer,
    delete_offers,
    insert_offer,
    list_ignoring,
)
from walletdesk.desk.routing.queries.pace import (
    add_flow,
    delete_flow,
    find_moved,
    place_of,
    save_pace,
    swap_spell,
)
from walletdesk.desk.routing.queries.presence import (
    find_sight,
    list_colleagues,
    list_leaving,
    lock_sight,
    save_sight,
    touch_sight,
)
from walletdesk.desk.routing.queries.queue import (
    begin_snapshot,
    list_desks,
    list_heads,
    list_held,
    list_rows,
)

__all__ = [
    "add_flow",
    "answer_offer",
    "begin_snapshot",
    "delete_flow",
    "delete_offers",
    "find_moved",
    "find_sight",
    "insert_offer",
    "list_colleagues",
    "list_desks",
    "list_heads",
    "list_held",
    "list_ignoring",
    "list_leaving",
    "list_rows",
    "lock_sight",
    "place_of",
    "save_pace",
    "save_sight",
    "swap_spell",
    "touch_sight",
]
