"""News: what an operator's wallet tells us by itself, pushed or polled, each heard once.

What for   A webhook makes a follow-up look again at once; the poll is the safety net under it.
Owns       `gateway.heard` and `gateway.cursor`.
Emits      WalletChanged.
Hears      nothing.
Looks at   the port, people (audit), kit.
"""
