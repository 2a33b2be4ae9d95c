"""What is done with conversations; each takes the transaction of the door that calls it."""

from walletdesk.desk.conversations.actions.marking import (
    mark_rated,
    mark_read,
    mark_subject,
    save_seat,
    show_typing,
)
from walletdesk.desk.conversations.actions.moving import apply, post_bot, post_system
from walletdesk.desk.conversations.actions.opening import open_conversation

__all__ = [
    "apply",
    "mark_rated",
    "mark_read",
    "mark_subject",
    "open_conversation",
    "post_bot",
    "post_system",
    "save_seat",
    "show_typing",
]
