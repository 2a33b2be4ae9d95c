-- world: what the simulated outside world remembers (rails, banks, shops, faults), and the demo's situations.
-- Old code keeps running while this is applied: it only adds. An installation without a demo never writes here.
-- Undo by hand: DROP SCHEMA world CASCADE;  (loses the simulated banks and shops, never money of the ledger)
CREATE SCHEMA world;

-- An order as the rail has it. `known` is false where the rail has no record of what it was sent. The outcome is
-- planned when the order arrives and becomes visible when its time has come.
CREATE TABLE world.rail_order (
    ref           text PRIMARY KEY CHECK (length(ref) BETWEEN 1 AND 100),
    rail          text        NOT NULL,
    rail_ref      text        NOT NULL UNIQUE,
    kind          text        NOT NULL CHECK (kind IN ('payment', 'transfer', 'top_up', 'withdrawal')),
    amount_minor  bigint      NOT NULL CHECK (amount_minor > 0),
    currency      text        NOT NULL,
    bank          text        NOT NULL,
    account_tail  text        NOT NULL,
    payee_name    text,
    mode          text        NOT NULL,
    known         boolean     NOT NULL,
    accepted_at   timestamptz NOT NULL,
    fault_scope   text,
    silent_until  timestamptz,
    interim_at    timestamptz,
    outcome       text        NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'returned')),
    outcome_code  text        NOT NULL,
    outcome_at    timestamptz NOT NULL
);

CREATE INDEX rail_order_silent ON world.rail_order (fault_scope) WHERE silent_until IS NOT NULL;

-- What the rail will tell us and when; moved into rail_event when it is due.
CREATE TABLE world.rail_event_planned (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref      text        NOT NULL,
    rail_ref text        NOT NULL,
    kind     text        NOT NULL CHECK (kind IN ('accepted', 'succeeded', 'failed', 'returned', 'bank_debited')),
    code     text        NOT NULL,
    due_at   timestamptz NOT NULL
);
CREATE INDEX rail_event_planned_due ON world.rail_event_planned (due_at, id);
CREATE INDEX rail_event_planned_ref ON world.rail_event_planned (ref);

-- The feed of news, numbered in the order of commits (one writer at a time).
CREATE TABLE world.rail_event (
    n        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref      text        NOT NULL,
    rail_ref text        NOT NULL,
    kind     text        NOT NULL,
    code     text        NOT NULL,
    at       timestamptz NOT NULL
);
CREATE INDEX rail_event_ref ON world.rail_event (ref);

-- A shop's own order. A shop that was never told of a payment keeps its order open.
CREATE TABLE world.shop_order (
    merchant_id uuid        NOT NULL,
    order_no    text        NOT NULL CHECK (length(order_no) BETWEEN 1 AND 100),
    state       text        NOT NULL CHECK (state IN ('open', 'paid', 'closed_before_payment')),
    payment_id  uuid,
    receipt_no  text,
    notices     integer     NOT NULL DEFAULT 0,
    at          timestamptz NOT NULL,
    PRIMARY KEY (merchant_id, order_no)
);

-- Which part of the outside world misbehaves and how; see world/outside/model.py for the words.
CREATE TABLE world.fault (
    scope  text PRIMARY KEY CHECK (length(scope) <= 150),
    fault  text        NOT NULL CHECK (length(fault) <= 200),
    set_at timestamptz NOT NULL
);

-- The newest situation of each persona of the demo, and which of the wallet's transactions it is about.
CREATE TABLE world.situation (
    persona        text PRIMARY KEY,
    customer_id    uuid        NOT NULL,
    transaction_id uuid,
    made_at        timestamptz NOT NULL
);

-- After a fill in bulk the planner knows nothing of the tables yet, and the first checks would take minutes. Only an
-- owner may gather statistics, so the product asks through this.
CREATE FUNCTION world.gather_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog AS $$
DECLARE
    v_table record;
BEGIN
    FOR v_table IN SELECT schemaname, tablename FROM pg_tables
                    WHERE schemaname IN ('people', 'accounts', 'ledger', 'rails', 'payments', 'transfers', 'world')
    LOOP
        EXECUTE format('ANALYZE %I.%I', v_table.schemaname, v_table.tablename);
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION world.gather_statistics FROM PUBLIC;
GRANT EXECUTE ON FUNCTION world.gather_statistics TO walletdesk_app;

GRANT USAGE ON SCHEMA world TO walletdesk_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA world TO walletdesk_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA world TO walletdesk_app;
