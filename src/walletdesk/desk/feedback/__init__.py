"""Feedback: how customers rate what was done for them.

What for   One rating for each time a conversation was resolved: a face, reasons, a comment.
Owns       schema `feedback`.
Emits      ConversationRated.
Hears      nothing.
Looks at   guard, kit.
"""
