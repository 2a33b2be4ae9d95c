"""Payments: customers pay shops, shops are told and settled.

What for   A payment holds money, goes over a rail, and ends by its answer: captured or given back. Shops are told with
           signed notices, each attempt kept; what they say of their orders is kept too.
Owns       schema `payments`.
Emits      PaymentChanged.
Hears      nothing.
Looks at   wallet.reference.accounts, wallet.reference.ledger, wallet.reference.rails, kit.
"""
