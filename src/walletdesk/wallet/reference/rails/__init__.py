"""Rails: orders to banks and networks, what they said, and what it means.

What for   Sends orders, asks what became of them, keeps everything that was ever said as evidence, and decides
           which answer counts; translates the rails' codes into one vocabulary of reasons.
Owns       schema `rails`.
Emits      nothing.
Hears      nothing.
Looks at   wallet.reference.ledger, kit.
"""
