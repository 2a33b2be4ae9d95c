-- ledger: accounts, operations, transfers, entries and holds; written by one function and never changed.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA ledger CASCADE;  (loses all money)
CREATE SCHEMA ledger;

CREATE TABLE ledger.currency (
    code     text PRIMARY KEY CHECK (code ~ '^[A-Z]{3,5}$'),
    exponent smallint NOT NULL CHECK (exponent BETWEEN 0 AND 18)
);
INSERT INTO ledger.currency (code, exponent) VALUES
    ('CNY', 2), ('USD', 2), ('EUR', 2), ('GBP', 2), ('HKD', 2), ('JPY', 0), ('KWD', 3), ('BTC', 8), ('POINT', 0);

-- The balance is credits - debits; `floor` NULL marks the wallet's own accounts, which may be negative.
CREATE TABLE ledger.account (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner     uuid,
    kind      text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
    currency  text        NOT NULL REFERENCES ledger.currency,
    status    text        NOT NULL DEFAULT 'open'
              CHECK (status IN ('open', 'no_debit', 'no_credit', 'frozen', 'closed')),
    debits    bigint      NOT NULL DEFAULT 0 CHECK (debits >= 0),
    credits   bigint      NOT NULL DEFAULT 0 CHECK (credits >= 0),
    held      bigint      NOT NULL DEFAULT 0 CHECK (held >= 0),
    floor     bigint,
    seq       bigint      NOT NULL DEFAULT 0 CHECK (seq >= 0),
    opened_at timestamptz NOT NULL,
    UNIQUE (id, currency),
    UNIQUE NULLS NOT DISTINCT (owner, kind, currency),
    CONSTRAINT never_below_the_floor CHECK (floor IS NULL OR credits - debits - held >= floor)
) WITH (fillfactor = 50);

-- What was asked for. Its id is made by whoever asks: the same id with the same body happens once.
CREATE TABLE ledger.operation (
    id          uuid PRIMARY KEY,
    kind        text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
    subject     uuid,
    fingerprint bytea       NOT NULL,
    at          timestamptz NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX operation_subject ON ledger.operation (subject) WHERE subject IS NOT NULL;

-- One row is one debit, one credit, one positive amount of one currency: nothing unbalanced can be written.
CREATE TABLE ledger.transfer (
    id         uuid PRIMARY KEY,
    op_id      uuid        NOT NULL REFERENCES ledger.operation,
    leg        smallint    NOT NULL CHECK (leg >= 1),
    debit_id   bigint      NOT NULL,
    credit_id  bigint      NOT NULL,
    amount     bigint      NOT NULL CHECK (amount > 0),
    currency   text        NOT NULL,
    code       text        NOT NULL CHECK (length(code) BETWEEN 1 AND 40),
    hold_id    uuid,
    reverses   uuid,
    at         timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (debit_id <> credit_id),
    UNIQUE (op_id, leg)
);
CREATE INDEX transfer_reverses ON ledger.transfer (reverses) WHERE reverses IS NOT NULL;

-- One side of a transfer in the order of its account; the balance after it makes a chain that can be proved.
CREATE TABLE ledger.entry (
    account_id    bigint      NOT NULL,
    seq           bigint      NOT NULL CHECK (seq >= 1),
    transfer_id   uuid        NOT NULL,
    amount        bigint      NOT NULL CHECK (amount <> 0),
    balance_after bigint      NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (account_id, seq)
);
CREATE INDEX entry_transfer ON ledger.entry (transfer_id);

-- Money set aside; resolved once. A capture of a part gives the rest back.
CREATE TABLE ledger.hold (
    id          uuid PRIMARY KEY,
    op_id       uuid        NOT NULL REFERENCES ledger.operation,
    account_id  bigint      NOT NULL,
    amount      bigint      NOT NULL CHECK (amount > 0),
    remaining   bigint      NOT NULL CHECK (remaining BETWEEN 0 AND amount),
    state       text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'posted', 'voided', 'expired')),
    expires_at  timestamptz,
    placed_at   timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_by uuid,
    CONSTRAINT resolved_holds_nothing CHECK (remaining = CASE state WHEN 'pending' THEN amount ELSE 0 END)
);
CREATE INDEX hold_account ON ledger.hold (account_id) WHERE state = 'pending';
CREATE INDEX hold_expires ON ledger.hold (expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL;

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only ever added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER operation_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.operation
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER transfer_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.transfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER hold_stays BEFORE DELETE OR TRUNCATE ON ledger.hold
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER account_stays BEFORE DELETE OR TRUNCATE ON ledger.account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- One step of an operation. action: transfer | hold | capture | void | expire.
CREATE TYPE ledger.leg AS (
    transfer_id uuid, op uuid, kind text, subject uuid, fingerprint bytea, action text,
    debit bigint, credit bigint, amount bigint, currency text, code text,
    hold uuid, reverses uuid, expires_at timestamptz, at timestamptz, step smallint
);

-- Applies all legs with few statements, or raises WDLED with the verdict as its message and changes nothing.
-- The caller holds the locks of every account.
CREATE FUNCTION ledger.apply(p_legs ledger.leg[]) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, ledger, pg_temp AS $$
DECLARE
    v_bad text;
    v_missing bigint;
BEGIN
    WITH ops AS (
        SELECT DISTINCT ON (l.op) l.op, l.kind, l.subject, l.fingerprint, l.at FROM unnest(p_legs) l ORDER BY l.op
    ), added AS (
        INSERT INTO ledger.operation (id, kind, subject, fingerprint, at)
        SELECT op, kind, subject, fingerprint, at FROM ops
        ON CONFLICT DO NOTHING RETURNING 1
    )
    -- An id that stands twice counts twice: its second place is judged after its first, see attempt().
    SELECT (SELECT count(*) FROM unnest(p_legs) l WHERE l.step = 1) - (SELECT count(*) FROM added) INTO v_missing;
    IF v_missing > 0 THEN
        RAISE EXCEPTION 'exists' USING ERRCODE = 'WDLED';
    END IF;

    -- Unknown account, another currency or twice the same account, then closed, then frozen. A hold that exists may be captured from an
    -- account that was frozen since: it was agreed before.
    SELECT CASE
             WHEN bool_or(a.id IS NULL) OR bool_or(s.account = s.other) THEN 'currency'
             WHEN bool_or(a.status = 'closed') THEN 'closed'
             WHEN bool_or(s.side = 'debit' AND s.action IN ('transfer', 'hold') AND a.status IN ('no_debit', 'frozen'))
               OR bool_or(s.side = 'credit' AND a.status IN ('no_credit', 'frozen')) THEN 'frozen'
           END
      INTO v_bad
      FROM (
        SELECT 'debit' AS side, l.action, l.debit AS account, l.credit AS other, l.currency
          FROM unnest(p_legs) l WHERE l.action IN ('transfer', 'hold', 'capture')
        UNION ALL
        SELECT 'credit', l.action, l.credit, l.debit, l.currency
          FROM unnest(p_legs) l WHERE l.action IN ('transfer', 'capture')
      ) s
      LEFT JOIN ledger.account a ON a.id = s.account AND a.currency = s.currency
     WHERE NOT (s.side = 'debit' AND s.action = 'capture' AND s.account IS NULL);
    IF v_bad IS NOT NULL THEN
        RAISE EXCEPTION '%', v_bad USING ERRCODE = 'WDLED';
    END IF;

    -- A hold is resolved once, by its own account, and for no more than it holds.
    WITH resolving AS (
        SELECT l.hold, l.action, l.debit, l.amount, l.op, l.at
          FROM unnest(p_legs) l WHERE l.action IN ('capture', 'void', 'expire')
    ), resolved AS (
        UPDATE ledger.hold h
           SET state = CASE r.action WHEN 'capture' THEN 'posted' WHEN 'void' THEN 'voided' ELSE 'expired' END,
               remaining = 0, resolved_at = r.at, resolved_by = r.op
          FROM resolving r
         WHERE h.id = r.hold AND h.state = 'pending' AND h.account_id = r.debit
           AND (r.action <> 'capture' OR r.amount <= h.amount)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM resolving) - (SELECT count(*) FROM resolved) INTO v_missing;
    IF v_missing > 0 THEN
        RAISE EXCEPTION 'hold' USING ERRCODE = 'WDLED';
    END IF;

    INSERT INTO ledger.hold (id, op_id, account_id, amount, remaining, expires_at, placed_at)
    SELECT l.hold, l.op, l.debit, l.amount, l.amount, l.expires_at, l.at
      FROM unnest(p_legs) l WHERE l.action = 'hold';

    WITH legs AS MATERIALIZED (
        SELECT l.*, coalesce(h.amount, 0) AS freed
          FROM unnest(p_legs) WITH ORDINALITY AS l (
               transfer_id, op, kind, subject, fingerprint, action, debit, credit, amount, currency, code,
               hold, reverses, expires_at, at, step, n)
          LEFT JOIN ledger.hold h ON h.id = l.hold AND l.action IN ('capture', 'void', 'expire')
    ), effect AS MATERIALIZED (
        SELECT debit AS account_id, n, transfer_id, at,
               CASE WHEN action IN ('transfer', 'capture') THEN -amount ELSE 0 END AS moved,
               CASE WHEN action = 'hold' THEN amount ELSE -freed END AS held
          FROM legs
        UNION ALL
        SELECT credit, n, transfer_id, at, amount, 0 FROM legs WHERE action IN ('transfer', 'capture')
    ), running AS MATERIALIZED (
        -- Numerics, so that no sum of bigints can overflow before the columns' own type refuses it.
        SELECT e.account_id, e.n, e.transfer_id, e.at, e.moved, e.held, a.floor,
               a.seq + count(*) FILTER (WHERE e.moved <> 0) OVER w AS seq,
               a.credits - a.debits + sum(e.moved) OVER w AS balance_after,
               a.credits - a.debits - a.held + sum(e.moved - e.held) OVER w AS available
          FROM effect e JOIN ledger.account a ON a.id = e.account_id
        WINDOW w AS (PARTITION BY e.account_id ORDER BY e.n)
    ), transfers AS (
        INSERT INTO ledger.transfer (id, op_id, leg, debit_id, credit_id, amount, currency, code, hold_id, reverses, at)
        SELECT transfer_id, op, step, debit, credit, amount, currency, code,
               CASE WHEN action = 'capture' THEN hold END, reverses, at
          FROM legs WHERE action IN ('transfer', 'capture')
    ), entries AS (
        INSERT INTO ledger.entry (account_id, seq, transfer_id, amount, balance_after, at)
        SELECT account_id, seq, transfer_id, moved, balance_after, at FROM running WHERE moved <> 0
    ), sums AS (
        SELECT account_id, sum(-moved) FILTER (WHERE moved < 0) AS debits, sum(moved) FILTER (WHERE moved > 0) AS credits,
               sum(held) AS held, count(*) FILTER (WHERE moved <> 0) AS steps
          FROM effect GROUP BY account_id
    ), changed AS (
        UPDATE ledger.account a
           SET debits = a.debits + coalesce(s.debits, 0), credits = a.credits + coalesce(s.credits, 0),
               held = a.held + s.held, seq = a.seq + s.steps
          FROM sums s WHERE a.id = s.account_id
    )
    -- The floor holds after every step, not only after the last: money cannot be spent before it comes.
    SELECT 'insufficient' INTO v_bad
      FROM running WHERE floor IS NOT NULL AND moved - held < 0 AND available < floor LIMIT 1;
    IF v_bad IS NOT NULL THEN
        RAISE EXCEPTION '%', v_bad USING ERRCODE = 'WDLED';
    END IF;
END
$$;

-- Applies all legs, or one half after the other, down to single operations; returns their verdicts in order.
CREATE FUNCTION ledger.attempt(p_legs ledger.leg[]) RETURNS text[] LANGUAGE plpgsql
    SET search_path = pg_catalog, ledger, pg_temp AS $$
DECLARE
    v_starts int[];
    v_half int;
    v_verdict text;
BEGIN
    SELECT array_agg(i ORDER BY i) INTO v_starts
      FROM generate_subscripts(p_legs, 1) i WHERE (p_legs[i]).step = 1;
    BEGIN
        PERFORM ledger.apply(p_legs);
        RETURN array_fill('ok'::text, ARRAY[cardinality(v_starts)]);
    EXCEPTION
        WHEN SQLSTATE 'WDLED' THEN
            v_verdict := SQLERRM;
        WHEN check_violation THEN
            v_verdict := 'insufficient';
        WHEN unique_violation THEN
            v_verdict := 'mismatch';
    END;
    IF cardinality(v_starts) > 1 THEN
        v_half := v_starts[cardinality(v_starts) / 2 + 1];
        RETURN ledger.attempt(p_legs[1:v_half - 1]) || ledger.attempt(p_legs[v_half:cardinality(p_legs)]);
    END IF;
    IF v_verdict = 'exists' THEN
        SELECT CASE WHEN o.fingerprint = (p_legs[1]).fingerprint THEN 'exists' ELSE 'mismatch' END
          INTO v_verdict FROM ledger.operation o WHERE o.id = (p_legs[1]).op;
    END IF;
    RETURN ARRAY[v_verdict];
END
$$;

-- The one way to write: all operations together if they can be, else in ever smaller parts, each with its verdict.
-- ok: done now; exists: done before, the same; mismatch: the id belongs to another body; insufficient, frozen,
-- closed; currency: no such two accounts in that currency; hold: no pending hold of that size.
CREATE FUNCTION ledger.post_batch(
    p_transfer uuid[], p_op uuid[], p_kind text[], p_subject uuid[], p_fingerprint bytea[], p_action text[],
    p_debit bigint[], p_credit bigint[], p_amount bigint[], p_currency text[], p_code text[],
    p_hold uuid[], p_reverses uuid[], p_expires timestamptz[], p_at timestamptz[], p_step smallint[]
) RETURNS TABLE (op uuid, verdict text) LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, ledger, pg_temp AS $$
DECLARE
    v_legs ledger.leg[];
BEGIN
    -- A leg on a hold knows its account from the hold, which may be placed by an earlier operation of this batch.
    SELECT array_agg(ROW(u.t, u.o, u.k, u.s, u.f, u.a, coalesce(u.d, h.account_id, b.d), u.c, u.m, u.cu, u.co, u.h,
                         u.r, u.e, u.at, u.st)::ledger.leg ORDER BY u.n)
      INTO v_legs
      FROM unnest(p_transfer, p_op, p_kind, p_subject, p_fingerprint, p_action, p_debit, p_credit, p_amount,
                  p_currency, p_code, p_hold, p_reverses, p_expires, p_at, p_step)
           WITH ORDINALITY AS u (t, o, k, s, f, a, d, c, m, cu, co, h, r, e, at, st, n)
      LEFT JOIN ledger.hold h ON h.id = u.h AND u.a <> 'hold'
      LEFT JOIN (
        SELECT DISTINCT ON (x.h) x.h, x.d
          FROM unnest(p_action, p_hold, p_debit) WITH ORDINALITY AS x (a, h, d, n)
         WHERE x.a = 'hold' ORDER BY x.h, x.n
      ) b ON b.h = u.h AND u.a <> 'hold';
    IF v_legs IS NULL THEN
        RETURN;
    END IF;

    -- Locks in the order of ids, so that two batches never wait for each other in a circle.
    PERFORM 1 FROM ledger.account
      WHERE id IN (SELECT l.debit FROM unnest(v_legs) l UNION SELECT l.credit FROM unnest(v_legs) l)
      ORDER BY id FOR NO KEY UPDATE;

    RETURN QUERY
    SELECT o.op, v.verdict
      FROM unnest(ledger.attempt(v_legs)) WITH ORDINALITY AS v (verdict, n)
      JOIN (
        SELECT l.op, row_number() OVER (ORDER BY l.n) AS n
          FROM unnest(v_legs) WITH ORDINALITY AS l (
               transfer_id, op, kind, subject, fingerprint, action, debit, credit, amount, currency,
               code, hold, reverses, expires_at, at, step, n)
         WHERE l.step = 1
      ) o USING (n)
     ORDER BY n;
END
$$;

-- Opens accounts that do not exist yet and returns the ids of all of them.
CREATE FUNCTION ledger.open_accounts(p_owner uuid[], p_kind text[], p_currency text[], p_floor bigint[], p_at timestamptz)
    RETURNS TABLE (id bigint, owner uuid, kind text, currency text) LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, ledger, pg_temp AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO ledger.account (owner, kind, currency, floor, opened_at)
    SELECT DISTINCT ON (u.o, u.k, u.c) u.o, u.k, u.c, u.f, p_at
      FROM unnest(p_owner, p_kind, p_currency, p_floor) AS u (o, k, c, f)
     WHERE NOT EXISTS (SELECT FROM ledger.account a
                        WHERE a.owner IS NOT DISTINCT FROM u.o AND a.kind = u.k AND a.currency = u.c)
     ORDER BY u.o, u.k, u.c
    ON CONFLICT DO NOTHING;
    RETURN QUERY
    SELECT a.id, a.owner, a.kind, a.currency
      FROM (SELECT DISTINCT o, k, c FROM unnest(p_owner, p_kind, p_currency) AS u (o, k, c)) u
      JOIN ledger.account a ON a.owner IS NOT DISTINCT FROM u.o AND a.kind = u.k AND a.currency = u.c;
END
$$;

CREATE FUNCTION ledger.set_status(p_account bigint, p_status text) RETURNS boolean LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, ledger, pg_temp AS $$
    UPDATE ledger.account SET status = p_status WHERE id = p_account RETURNING true
$$;

REVOKE ALL ON FUNCTION ledger.apply, ledger.attempt, ledger.post_batch, ledger.open_accounts, ledger.set_status FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO walletdesk_app;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO walletdesk_app;
GRANT EXECUTE ON FUNCTION ledger.post_batch, ledger.open_accounts, ledger.set_status TO walletdesk_app;
