"""Reactions and passes of the room: answering, telling news, and what the event log asks for."""

from walletdesk.bot.dialogue.jobs.answering import answer
from walletdesk.bot.dialogue.jobs.following import follower
from walletdesk.bot.dialogue.jobs.news import tell_news
from walletdesk.bot.dialogue.jobs.overhearing import overhear

__all__ = ["answer", "follower", "overhear", "tell_news"]
