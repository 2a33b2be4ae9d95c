"""Reference: the wallet that comes with walletdesk, used where the operator plugs in none of his own.

What for   Ledger, accounts, rails, payments and transfers, with the jobs that carry them through; behind the gateway
           it cannot be told from anybody else's wallet.
Owns       schemas `ledger`, `accounts`, `rails`, `payments`, `transfers`, each written by the room of its name.
Emits      PaymentChanged, TransferChanged, RestrictionChanged.
Hears      nothing.
Looks at   people, kit.
"""
