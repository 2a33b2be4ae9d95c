"""Shown: what the wallet's own app shows its customer of his money.

What for   The lists and balances of the demo wallet's screens, read over the other rooms' tables in one statement
           each. The app shows what it was told last; the desk reads what is true (`wallet.gateway`).
Owns       nothing; it only reads.
Emits      nothing.
Hears      nothing.
Looks at   kit.
"""
