"""Accounts: who has a wallet, his bank accounts, his limits and what keeps him from paying.

What for   Everything about a customer that a payment or transfer must respect, moved in its transaction.
Owns       schema `accounts`.
Emits      RestrictionChanged.
Hears      nothing.
Looks at   wallet.reference.ledger, people, kit.
"""
