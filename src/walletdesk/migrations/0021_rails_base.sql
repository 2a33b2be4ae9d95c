-- rails: what was asked of banks and networks, everything they said of it, and announced disturbances.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA rails CASCADE;  (loses the evidence of every order)
CREATE SCHEMA rails;

CREATE TABLE rails.bank (
    code text PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 40),
    zh   text NOT NULL,
    en   text NOT NULL
);

-- One order to a rail. Its id is that of the payment or transfer it belongs to; the rail knows it as `ref`.
-- `answered_by` says who told us the state: answer and query count more than a webhook.
-- `unapplied` marks an end that our books have not followed (too late, or after another end was booked).
-- `cleared_minor` is what stands on the rail's clearing account because of this order.
CREATE TABLE rails.orders (
    id            uuid PRIMARY KEY,
    customer_id   uuid        NOT NULL,
    rail          text        NOT NULL CHECK (rail IN ('card', 'netunion', 'iso20022')),
    kind          text        NOT NULL CHECK (kind IN ('payment', 'transfer', 'top_up', 'withdrawal')),
    amount_minor  bigint      NOT NULL CHECK (amount_minor > 0),
    currency      text        NOT NULL,
    bank          text        NOT NULL,
    account_tail  text        NOT NULL,
    payee_name    text,
    mode          text        NOT NULL CHECK (mode IN ('instant', 'ordinary', 'next_day')),
    state         text        NOT NULL DEFAULT 'waiting'
                  CHECK (state IN ('waiting', 'sent', 'missing', 'accepted', 'succeeded', 'failed', 'returned')),
    answered_by   text        CHECK (answered_by IN ('answer', 'query', 'webhook', 'wallet')),
    rail_ref      text,
    code          text,
    reason        text,
    conflict      boolean     NOT NULL DEFAULT false,
    unapplied     boolean     NOT NULL DEFAULT false,
    bank_debited  boolean     NOT NULL DEFAULT false,
    cleared_minor bigint      NOT NULL DEFAULT 0,
    sends         smallint    NOT NULL DEFAULT 0,
    unanswered    smallint    NOT NULL DEFAULT 0,
    queries       smallint    NOT NULL DEFAULT 0,
    due_at        timestamptz,
    created_at    timestamptz NOT NULL,
    sent_at       timestamptz,
    ended_at      timestamptz
);
CREATE INDEX orders_due ON rails.orders (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX orders_unapplied ON rails.orders (created_at) WHERE unapplied;
CREATE INDEX orders_uncleared ON rails.orders (ended_at) WHERE cleared_minor <> 0;

-- Everything a rail ever said of an order, once per source; evidence, so it is only added to.
CREATE TABLE rails.rail_event (
    id          uuid PRIMARY KEY,
    order_id    uuid,
    rail        text        NOT NULL,
    rail_ref    text        NOT NULL,
    our_ref     text        NOT NULL,
    kind        text        NOT NULL
                CHECK (kind IN ('accepted', 'succeeded', 'failed', 'returned', 'bank_debited', 'missing')),
    source      text        NOT NULL CHECK (source IN ('answer', 'query', 'webhook')),
    code        text        NOT NULL,
    raw         jsonb       NOT NULL DEFAULT '{}',
    at          timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    UNIQUE (rail, rail_ref, kind, source)
);
CREATE INDEX rail_event_order ON rails.rail_event (order_id, received_at);

CREATE FUNCTION rails.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence is only ever added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER rail_event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rails.rail_event
    FOR EACH STATEMENT EXECUTE FUNCTION rails.refuse_change();

-- How far the rails' feed of news was read.
CREATE TABLE rails.feed (
    name  text PRIMARY KEY,
    after bigint NOT NULL DEFAULT 0
);

-- Whether a rail answered when it was last spoken to.
CREATE TABLE rails.contact (
    rail          text PRIMARY KEY,
    ok            boolean     NOT NULL,
    at            timestamptz NOT NULL,
    failing_since timestamptz
);

-- A settlement moves what stands on a clearing account to or from the bank, once a day.
CREATE TABLE rails.settlement (
    id           uuid PRIMARY KEY,
    rail         text        NOT NULL,
    currency     text        NOT NULL,
    net_minor    bigint      NOT NULL,
    orders       integer     NOT NULL CHECK (orders > 0),
    settled_at   timestamptz NOT NULL
);

-- Announced disturbances: scope is rail:<name>, bank:<code>, shop:<id> or app.
CREATE TABLE rails.incident (
    id           uuid PRIMARY KEY,
    scope        text        NOT NULL CHECK (length(scope) BETWEEN 1 AND 100),
    zh           text        NOT NULL CHECK (length(zh) BETWEEN 1 AND 500),
    en           text        NOT NULL CHECK (length(en) BETWEEN 1 AND 500),
    opened_at    timestamptz NOT NULL,
    expected_end timestamptz,
    closed_at    timestamptz
);
CREATE INDEX incident_open ON rails.incident (opened_at) WHERE closed_at IS NULL;

GRANT USAGE ON SCHEMA rails TO walletdesk_app;
GRANT SELECT, INSERT, UPDATE ON rails.bank, rails.orders, rails.feed, rails.contact, rails.incident TO walletdesk_app;
GRANT SELECT, INSERT ON rails.rail_event, rails.settlement TO walletdesk_app;
