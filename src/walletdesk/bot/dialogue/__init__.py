"""Dialogue: what the bot says next, and on whom a conversation waits after it.

What for   `decide` is a pure function (state, what was heard, facts) -> decision; the jobs claim conversations
           that wait on the bot, understand them as one batch, read the wallet outside any transaction and post
           the answer with the promise in one. News of a bank or of a command are told in the same way.
Owns       schema `dialogue`.
Emits      nothing.
Hears      FindingChanged, CommandFinished, HandOffDue, ConversationIdle, ConversationHandedOff, MessagePosted.
Looks at   bot.understanding, desk.conversations, diagnosis, wallet.gateway (the port only), people, kit.
"""
