-- gateway: what the desk asked of the embedded wallet, each once; and the way to read the wallet's news.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA gateway CASCADE; DROP INDEX kit.event_of_wallet;  (a command could then run twice)
CREATE SCHEMA gateway;

-- `leased_until` keeps a second caller of the same key out while the first speaks to the outside.
CREATE TABLE gateway.command (
    key            text PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 200),
    name           text        NOT NULL,
    customer_id    uuid        NOT NULL,
    transaction_id uuid,
    fingerprint    bytea       NOT NULL,
    actor          text        NOT NULL,
    state          text        NOT NULL CHECK (state IN ('running', 'done', 'refused', 'unknown')),
    record         text,
    reason         text,
    tries          integer     NOT NULL DEFAULT 1,
    leased_until   timestamptz,
    asked_at       timestamptz NOT NULL,
    ended_at       timestamptz
);
CREATE INDEX command_transaction ON gateway.command (transaction_id) WHERE transaction_id IS NOT NULL;

-- Wallet news among all events of the log, in the order of followers.
CREATE INDEX event_of_wallet ON kit.event (xid, id)
 WHERE name IN ('PaymentChanged', 'TransferChanged', 'RestrictionChanged');

GRANT USAGE ON SCHEMA gateway TO walletdesk_app;
GRANT SELECT, INSERT, UPDATE ON gateway.command TO walletdesk_app;
