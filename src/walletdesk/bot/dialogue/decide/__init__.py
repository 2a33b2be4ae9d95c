"""The decision: `decide(state, heard, facts)`, pure."""

from walletdesk.bot.dialogue.decide.rules import decide
from walletdesk.bot.dialogue.decide.turn import Turn

__all__ = ["Turn", "decide"]
