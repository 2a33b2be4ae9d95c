-- payments: shops, payments to them, what they were told, what they said of their orders, and their settlement.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA payments CASCADE;  (money stays in the ledger, but nobody knows what for)
CREATE SCHEMA payments;

-- `notice_secret` signs what a shop is told, so that it can tell a notice of ours from a forged one.
CREATE TABLE payments.merchant (
    id            uuid PRIMARY KEY,
    zh            text        NOT NULL CHECK (length(zh) BETWEEN 1 AND 80),
    en            text        NOT NULL CHECK (length(en) BETWEEN 1 AND 80),
    state         text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'frozen', 'closed')),
    account_id    bigint      NOT NULL UNIQUE,
    notice_secret bytea       NOT NULL CHECK (length(notice_secret) >= 32),
    state_at      timestamptz NOT NULL,
    created_at    timestamptz NOT NULL
);

-- `shown` is what the customer's app was told last; it may be stale. `intended_id` is the shop he meant to pay.
-- `received_at` is NULL while the customer's request to pay never reached us.
CREATE TABLE payments.payment (
    id             uuid PRIMARY KEY,
    customer_id    uuid        NOT NULL,
    merchant_id    uuid        NOT NULL REFERENCES payments.merchant,
    intended_id    uuid        NOT NULL REFERENCES payments.merchant,
    amount_minor   bigint      NOT NULL CHECK (amount_minor > 0),
    currency       text        NOT NULL,
    order_no       text        NOT NULL CHECK (length(order_no) BETWEEN 1 AND 64),
    source         text        NOT NULL CHECK (source IN ('balance', 'card')),
    fingerprint    bytea       NOT NULL,
    state          text        NOT NULL CHECK (state IN ('created', 'pending', 'succeeded', 'failed', 'returned', 'cancelled')),
    shown          text        NOT NULL CHECK (shown IN ('created', 'pending', 'succeeded', 'failed', 'returned', 'cancelled')),
    reason         text,
    hold_id        uuid,
    receipt_no     text UNIQUE,
    captured       bigint      NOT NULL DEFAULT 0 CHECK (captured BETWEEN 0 AND amount_minor),
    refunded       bigint      NOT NULL DEFAULT 0 CHECK (refunded >= 0),
    refund_pending bigint      NOT NULL DEFAULT 0 CHECK (refund_pending >= 0),
    notice         text        NOT NULL DEFAULT 'none' CHECK (notice IN ('none', 'due', 'delivered', 'failed')),
    notice_due_at  timestamptz,
    settlement_id  uuid,
    created_at     timestamptz NOT NULL,
    received_at    timestamptz,
    paid_at        timestamptz,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT never_refund_more_than_paid CHECK (refunded + refund_pending <= captured),
    CONSTRAINT paid_has_a_receipt CHECK (state <> 'succeeded' OR (receipt_no IS NOT NULL AND captured > 0))
);
CREATE INDEX payment_customer ON payments.payment (customer_id, created_at DESC, id DESC);
CREATE INDEX payment_order_no ON payments.payment (order_no);
CREATE INDEX payment_notice_due ON payments.payment (notice_due_at) WHERE notice_due_at IS NOT NULL;
CREATE INDEX payment_unsettled ON payments.payment (paid_at) WHERE state = 'succeeded' AND settlement_id IS NULL;

-- Where the money of a payment comes from; it goes back the same way and never more of it.
CREATE TABLE payments.payment_funding (
    payment_id uuid     NOT NULL REFERENCES payments.payment,
    n          smallint NOT NULL CHECK (n >= 1),
    source     text     NOT NULL CHECK (source IN ('balance', 'card')),
    source_ref text     NOT NULL,
    amount     bigint   NOT NULL CHECK (amount > 0),
    refunded   bigint   NOT NULL DEFAULT 0 CHECK (refunded >= 0),
    PRIMARY KEY (payment_id, n),
    CHECK (refunded <= amount)
);

-- Each attempt to tell a shop; http_status NULL means that it did not answer.
CREATE TABLE payments.notice (
    id          uuid PRIMARY KEY,
    payment_id  uuid        NOT NULL,
    n           smallint    NOT NULL CHECK (n >= 1),
    http_status smallint,
    at          timestamptz NOT NULL,
    UNIQUE (payment_id, n)
);

-- Each answer of a shop to the question how its order stands; state NULL means that it did not say.
CREATE TABLE payments.shop_answer (
    id          uuid PRIMARY KEY,
    payment_id  uuid        NOT NULL,
    http_status smallint,
    state       text        CHECK (state IN ('open', 'paid', 'closed_before_payment')),
    at          timestamptz NOT NULL
);
CREATE INDEX shop_answer_payment ON payments.shop_answer (payment_id, at);

CREATE TABLE payments.settlement (
    id           uuid PRIMARY KEY,
    merchant_id  uuid        NOT NULL REFERENCES payments.merchant,
    currency     text        NOT NULL,
    amount_minor bigint      NOT NULL CHECK (amount_minor > 0),
    payments     integer     NOT NULL CHECK (payments > 0),
    settled_at   timestamptz NOT NULL
);

CREATE FUNCTION payments.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence is only ever added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER notice_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments.notice
    FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER shop_answer_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments.shop_answer
    FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change();

GRANT USAGE ON SCHEMA payments TO walletdesk_app;
GRANT SELECT, INSERT, UPDATE ON payments.merchant, payments.payment, payments.payment_funding TO walletdesk_app;
GRANT SELECT, INSERT ON payments.notice, payments.shop_answer, payments.settlement TO walletdesk_app;
