"""Transfers: money to people and banks, top-ups, withdrawals.

What for   Looks up and checks the payee, holds the money, waits where it must (next day, review), sends it in-house
           or over a rail, and takes it back when it is returned.
Owns       schema `transfers`.
Emits      TransferChanged.
Hears      nothing.
Looks at   wallet.reference.accounts, wallet.reference.ledger, wallet.reference.rails, people, kit.
"""
