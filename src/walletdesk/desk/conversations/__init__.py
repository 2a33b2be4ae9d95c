"""Conversations: what was said, on whom each waits, and until when.

What for   Conversations with their items (client-made ids, a sequence each), the promise on every row (who
           owes the next answer until when; `promise` is the pure state machine), the sweeper with its
           ladder, read marks, and the writer that commits what arrived while the last commit was on disk.
Owns       schema `conversations`.
Emits      ConversationOpened, MessagePosted, PromiseMoved, ConversationHandedOff, ConversationResolved,
           ConversationIdle.
Hears      nothing.
Looks at   guard, kit.
"""
