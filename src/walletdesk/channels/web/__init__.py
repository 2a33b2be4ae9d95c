"""The customer's door: the chat's socket, long polling where there is none, photos, the rating.

What for   Sessions from a wallet's signed token (or for a visitor), the frames of `web/proto`, resuming by sequence
           number, the place in the queue. It stores nothing itself.
Emits      nothing.
Hears      live hints of conversations, in memory.
Looks at   desk (conversations, routing, feedback), people, kit.
"""
