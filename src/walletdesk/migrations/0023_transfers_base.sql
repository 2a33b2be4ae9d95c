-- transfers: money to people and banks, top-ups, withdrawals.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA transfers CASCADE;  (money stays in the ledger, but nobody knows what for)
CREATE SCHEMA transfers;

-- `payee_state` is what the look-up of the payee found. `review` says why we ourselves have not sent it yet, and
-- `release_at` when that ends. `due_by` is until when arrival is in time for the mode.
CREATE TABLE transfers.transfer (
    id            uuid PRIMARY KEY,
    customer_id   uuid        NOT NULL,
    kind          text        NOT NULL CHECK (kind IN ('transfer', 'top_up', 'withdrawal')),
    payee_kind    text        NOT NULL CHECK (payee_kind IN ('wallet', 'bank', 'unknown', 'self')),
    payee_id      uuid,
    payee_name    text        NOT NULL CHECK (length(payee_name) BETWEEN 1 AND 80),
    bank          text,
    account_tail  text,
    amount_minor  bigint      NOT NULL CHECK (amount_minor > 0),
    currency      text        NOT NULL,
    mode          text        NOT NULL CHECK (mode IN ('instant', 'ordinary', 'next_day')),
    fingerprint   bytea       NOT NULL,
    state         text        NOT NULL CHECK (state IN ('created', 'pending', 'succeeded', 'failed', 'returned', 'cancelled')),
    reason        text,
    payee_state   text        CHECK (payee_state IN ('open', 'not_found', 'name_mismatch', 'blocked')),
    review        text        NOT NULL DEFAULT 'none' CHECK (review IN ('none', 'risk', 'scheduled')),
    release_at    timestamptz,
    due_by        timestamptz NOT NULL,
    hold_id       uuid,
    receipt_no    text UNIQUE,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CHECK ((payee_kind = 'wallet') = (payee_id IS NOT NULL)),
    CHECK (payee_kind NOT IN ('bank', 'self') OR (bank IS NOT NULL AND account_tail IS NOT NULL)),
    CHECK ((review = 'none') = (release_at IS NULL))
);
CREATE INDEX transfer_customer ON transfers.transfer (customer_id, created_at DESC, id DESC);
CREATE INDEX transfer_payee ON transfers.transfer (payee_id, created_at DESC, id DESC) WHERE payee_id IS NOT NULL;
CREATE INDEX transfer_release ON transfers.transfer (release_at) WHERE release_at IS NOT NULL;

GRANT USAGE ON SCHEMA transfers TO walletdesk_app;
GRANT SELECT, INSERT, UPDATE ON transfers.transfer TO walletdesk_app;
