"""Proves the books: recomputes everything from the rows and names the first one that is wrong.

All checks see one snapshot. They are written so that a row changed behind the functions' back, by whoever owns the
tables, is found from more than one side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, LiteralString

from walletdesk.kit import db


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """One thing that was proved, or the first row that disproves it."""

    name: str
    ok: bool
    detail: str


TRIAL_BALANCE: Final = """
    WITH rows AS (
        SELECT currency, sum(debits) AS debits, sum(credits) AS credits FROM ledger.account GROUP BY currency
    ), moved AS (
        SELECT currency, sum(amount) AS amount FROM ledger.transfer GROUP BY currency
    )
    SELECT format('%s: debits %s, credits %s, transfers %s', currency, r.debits, r.credits, coalesce(m.amount, 0))
      FROM rows r FULL JOIN moved m USING (currency)
     WHERE (r.debits, r.credits) IS DISTINCT FROM (coalesce(m.amount, 0), coalesce(m.amount, 0))
     ORDER BY currency LIMIT 1
"""

TRANSFERS_HAVE_THEIR_ENTRIES: Final = """
    SELECT format('transfer/%s: %s from %s to %s has entries %s', t.id, t.amount, t.debit_id, t.credit_id,
                  coalesce(string_agg(format('entry/%s/%s %s', e.account_id, e.seq, e.amount), ', '), 'none'))
      FROM ledger.transfer t LEFT JOIN ledger.entry e ON e.transfer_id = t.id
     GROUP BY t.id
    HAVING count(e.seq) <> 2
        OR count(*) FILTER (WHERE e.account_id = t.debit_id AND e.amount = -t.amount) <> 1
        OR count(*) FILTER (WHERE e.account_id = t.credit_id AND e.amount = t.amount) <> 1
     ORDER BY t.id LIMIT 1
"""

ENTRIES_HAVE_THEIR_TRANSFER: Final = """
    SELECT format('entry/%s/%s: its transfer %s does not exist', e.account_id, e.seq, e.transfer_id)
      FROM ledger.entry e LEFT JOIN ledger.transfer t ON t.id = e.transfer_id
     WHERE t.id IS NULL
     ORDER BY e.account_id, e.seq LIMIT 1
"""

CURRENCIES: Final = """
    SELECT format('transfer/%s: %s on accounts %s (%s) and %s (%s)', t.id, t.currency,
                  t.debit_id, coalesce(d.currency, 'missing'), t.credit_id, coalesce(c.currency, 'missing'))
      FROM ledger.transfer t
      LEFT JOIN ledger.account d ON d.id = t.debit_id
      LEFT JOIN ledger.account c ON c.id = t.credit_id
     WHERE (d.currency, c.currency) IS DISTINCT FROM (t.currency, t.currency)
     ORDER BY t.id LIMIT 1
"""

BALANCE_CHAINS: Final = """
    SELECT format('entry/%s/%s: balance %s, but %s and %s make %s', account_id, seq, balance_after, before, amount,
                  before + amount)
      FROM (
        SELECT account_id, seq, amount, balance_after,
               coalesce(lag(balance_after) OVER w, 0) AS before, coalesce(lag(seq) OVER w, 0) AS place
          FROM ledger.entry WINDOW w AS (PARTITION BY account_id ORDER BY seq)
      ) chain
     WHERE balance_after <> before + amount OR seq <> place + 1
     ORDER BY account_id, seq LIMIT 1
"""

ACCOUNTS: Final = """
    WITH lines AS (
        SELECT account_id, count(*) AS lines, max(seq) AS last, sum(amount) AS total,
               coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS debits,
               coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS credits
          FROM ledger.entry GROUP BY account_id
    )
    SELECT format('account/%s: row %s (debits %s, credits %s, %s lines), last entry %s, sum of %s entries %s',
                  coalesce(a.id, l.account_id), a.credits - a.debits, a.debits, a.credits, a.seq,
                  coalesce(e.balance_after, 0), coalesce(l.lines, 0), coalesce(l.total, 0))
      FROM ledger.account a
      FULL JOIN lines l ON l.account_id = a.id
      LEFT JOIN ledger.entry e ON e.account_id = l.account_id AND e.seq = l.last
     WHERE (a.credits, a.debits, a.seq)
           IS DISTINCT FROM (coalesce(l.credits, 0), coalesce(l.debits, 0), coalesce(l.lines, 0))
        OR a.credits - a.debits IS DISTINCT FROM coalesce(e.balance_after, 0)
     ORDER BY coalesce(a.id, l.account_id) LIMIT 1
"""

HELD: Final = """
    SELECT format('account/%s: %s held, its pending holds make %s', a.id, a.held, coalesce(h.held, 0))
      FROM ledger.account a
      LEFT JOIN (
        SELECT account_id, sum(remaining) AS held FROM ledger.hold WHERE state = 'pending' GROUP BY account_id
      ) h ON h.account_id = a.id
     WHERE a.held <> coalesce(h.held, 0)
     ORDER BY a.id LIMIT 1
"""

HOLDS: Final = """
    SELECT format('hold/%s: %s with %s of %s captured', h.id, h.state, coalesce(t.amount, 0), h.amount)
      FROM ledger.hold h
      LEFT JOIN (
        SELECT hold_id, sum(amount) AS amount, min(debit_id) AS least, max(debit_id) AS most
          FROM ledger.transfer WHERE hold_id IS NOT NULL GROUP BY hold_id
      ) t ON t.hold_id = h.id
     WHERE (h.state = 'posted') <> (t.amount IS NOT NULL)
        OR t.amount > h.amount
        OR t.least <> h.account_id OR t.most <> h.account_id
     ORDER BY h.id LIMIT 1
"""

FLOORS: Final = """
    SELECT format('account/%s: %s available, floor %s', id, credits - debits - held, floor)
      FROM ledger.account WHERE floor IS NOT NULL AND credits - debits - held < floor
     ORDER BY id LIMIT 1
"""

NEVER_BELOW: Final = """
    SELECT format('entry/%s/%s: balance %s, floor %s', e.account_id, e.seq, e.balance_after, a.floor)
      FROM ledger.entry e JOIN ledger.account a ON a.id = e.account_id
     WHERE a.floor IS NOT NULL AND e.balance_after < a.floor
     ORDER BY e.account_id, e.seq LIMIT 1
"""

CLEARING: Final = """
    WITH open AS (
        SELECT 'clearing:' || rail AS kind, currency, sum(cleared_minor) AS amount, count(*) AS orders
          FROM rails.orders WHERE cleared_minor <> 0 GROUP BY 1, 2
    )
    SELECT format('account/%s (%s): balance %s, open orders explain %s', a.id, kind, coalesce(a.credits - a.debits, 0),
                  coalesce(o.amount, 0))
      FROM (SELECT * FROM ledger.account WHERE kind LIKE 'clearing:%') a
      FULL JOIN open o USING (kind, currency)
     WHERE coalesce(a.credits - a.debits, 0) <> coalesce(o.amount, 0)
     ORDER BY 1 LIMIT 1
"""

PAYMENTS: Final = """
    SELECT format('payment/%s: %s, captured %s and refunded %s; the ledger moved %s and back %s', p.id, p.state,
                  p.captured, p.refunded, coalesce(l.moved, 0), coalesce(l.back, 0))
      FROM payments.payment p
      JOIN payments.merchant m ON m.id = p.merchant_id
      LEFT JOIN LATERAL (
        SELECT sum(t.amount) FILTER (WHERE t.credit_id = m.account_id) AS moved,
               sum(t.amount) FILTER (WHERE t.debit_id = m.account_id) AS back
          FROM ledger.operation o JOIN ledger.transfer t ON t.op_id = o.id WHERE o.subject = p.id
      ) l ON true
     WHERE p.captured <> coalesce(l.moved, 0) OR p.refunded <> coalesce(l.back, 0)
     ORDER BY p.id LIMIT 1
"""

CHECKS: Final[tuple[tuple[str, LiteralString, LiteralString], ...]] = (
    (
        "trial balance",
        TRIAL_BALANCE,
        "SELECT format('%s transfers', count(*)) FROM ledger.transfer",
    ),
    (
        "every transfer has its two entries",
        TRANSFERS_HAVE_THEIR_ENTRIES,
        "SELECT format('%s entries', count(*)) FROM ledger.entry",
    ),
    ("every entry has its transfer", ENTRIES_HAVE_THEIR_TRANSFER, "SELECT 'all'"),
    ("one currency on both sides", CURRENCIES, "SELECT 'all'"),
    ("balance chains", BALANCE_CHAINS, "SELECT 'unbroken'"),
    (
        "account rows are the sum of their entries",
        ACCOUNTS,
        "SELECT format('%s accounts', count(*)) FROM ledger.account",
    ),
    (
        "held amounts are the sum of pending holds",
        HELD,
        "SELECT format('%s pending holds', count(*)) FROM ledger.hold WHERE state = 'pending'",
    ),
    ("holds are resolved once", HOLDS, "SELECT format('%s holds', count(*)) FROM ledger.hold"),
    ("no account below its floor", FLOORS, "SELECT 'none'"),
    ("no account ever was below its floor", NEVER_BELOW, "SELECT 'none'"),
    (
        "clearing accounts are explained by open orders",
        CLEARING,
        "SELECT format('%s orders open', count(*)) FROM rails.orders WHERE cleared_minor <> 0",
    ),
    (
        "payments are what the ledger moved",
        PAYMENTS,
        "SELECT format('%s payments', count(*)) FROM payments.payment",
    ),
)
"""Name, the statement that finds the first wrong row, and the one that says what was looked at."""


async def check_ledger(pool: db.Pool) -> list[LedgerCheck]:
    """Prove the books; a line is not ok when a row contradicts it, and then names that row.

    Raises:
        DatabaseDown
    """
    found: list[LedgerCheck] = []
    async with db.transaction(pool) as tx:
        await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for name, wrong, right in CHECKS:
            row = await db.fetch_value(tx, wrong)
            detail = row if row is not None else await db.fetch_value(tx, right)
            found.append(LedgerCheck(name, row is None, detail))
    return found
