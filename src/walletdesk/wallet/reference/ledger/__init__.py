"""Ledger: accounts, transfers between two of them, holds; written once, never changed.

What for   The money. One row is one debit, one credit, one positive amount of one currency; floors hold after every
           step; each operation happens once under its id; `check` proves the books and names the row that is wrong.
Owns       schema `ledger`, written only by its functions.
Emits      nothing.
Hears      nothing.
Looks at   kit.
"""
