"""Guard: what may be written and shown. Pure functions, no tables, no network.

What for   Secrets that people type by mistake (card numbers, one-time codes, passwords, identity numbers, keys) are
           masked before anything is stored, logged, searched or understood. Links that people paste are judged by
           who they lead to; blockchain addresses are checked before anything is sent to them.
Looks at   kit.
"""
