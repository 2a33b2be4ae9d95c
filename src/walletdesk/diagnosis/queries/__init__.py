"""Reads and writes of schema `diagnosis`, by subject."""

from __future__ import annotations

from walletdesk.diagnosis.queries.commands import (
    Claimed,
    NewCommand,
    Request,
    claim_commands,
    commands_of,
    find_command,
    find_standing,
    insert_command,
    insert_request,
    list_requests,
    lock_claimed,
    save_final,
    save_new_finding,
    save_open,
    was_refused,
)
from walletdesk.diagnosis.queries.findings import (
    FindingRow,
    find_finding,
    insert_finding,
    list_of_conversation,
)
from walletdesk.diagnosis.queries.follow_ups import (
    FollowUp,
    NewFollowUp,
    claim_follow_ups,
    end_follow_up,
    end_others,
    insert_follow_up,
    lock_follow_up,
    save_follow_up,
    was_replaced,
)

__all__ = [
    "Claimed",
    "FindingRow",
    "FollowUp",
    "NewCommand",
    "NewFollowUp",
    "Request",
    "claim_commands",
    "claim_follow_ups",
    "commands_of",
    "end_follow_up",
    "end_others",
    "find_command",
    "find_finding",
    "find_standing",
    "insert_command",
    "insert_finding",
    "insert_follow_up",
    "insert_request",
    "list_of_conversation",
    "list_requests",
    "lock_claimed",
    "lock_follow_up",
    "save_final",
    "save_follow_up",
    "save_new_finding",
    "save_open",
    "was_refused",
    "was_replaced",
]
