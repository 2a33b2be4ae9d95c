"""Guard: what may be written and shown. Pure functions, no tables.

What for   Secrets that people type by mistake (card numbers, one-time codes, passwords, identity numbers) are
           masked before anything is stored, logged, searched or understood.
Looks at   kit.
"""
