"""People: who there is, how they prove it, what they may, and what they did.

What for   Customers, agents, roles and permissions, passwords, sessions, one-time links, the signed token by
           which a wallet app opens the chat, and the hash-chained audit log.
Owns       schema `people`.
Emits      nothing.
Hears      nothing.
Looks at   guard, kit.
"""
