-- accounts: who has a wallet, his bank accounts, what he may spend in a period, what keeps him from paying.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA accounts CASCADE;  (money stays in the ledger, but nobody can be found to own it)
CREATE SCHEMA accounts;

-- Which account of the ledger is a customer's wallet. The phone stands here masked, for people to recognise.
CREATE TABLE accounts.wallet (
    customer_id  uuid        NOT NULL,
    currency     text        NOT NULL,
    account_id   bigint      NOT NULL UNIQUE,
    phone_masked text        NOT NULL DEFAULT '***' CHECK (length(phone_masked) <= 40),
    opened_at    timestamptz NOT NULL,
    PRIMARY KEY (customer_id, currency)
);

-- A customer's own bank account or card: money comes from it and goes to it. Only the last digits are kept.
CREATE TABLE accounts.bank_account (
    customer_id  uuid        NOT NULL,
    bank         text        NOT NULL CHECK (length(bank) BETWEEN 1 AND 40),
    account_tail text        NOT NULL CHECK (account_tail ~ '^[0-9]{4}$'),
    linked_at    timestamptz NOT NULL,
    PRIMARY KEY (customer_id, bank, account_tail)
);

-- What each tier may spend from its balance: per order, and per day, month and year of the customer's zone.
CREATE TABLE accounts.tier_limit (
    tier        smallint NOT NULL,
    kind        text     NOT NULL CHECK (kind IN ('single', 'day', 'month', 'year')),
    limit_minor bigint   NOT NULL CHECK (limit_minor >= 0),
    PRIMARY KEY (tier, kind)
);
INSERT INTO accounts.tier_limit (tier, kind, limit_minor) VALUES
    (0, 'single', 0),       (0, 'day', 0),       (0, 'month', 0),        (0, 'year', 0),
    (1, 'single', 100000),  (1, 'day', 100000),  (1, 'month', 1000000),  (1, 'year', 5000000),
    (2, 'single', 500000),  (2, 'day', 1000000), (2, 'month', 5000000),  (2, 'year', 10000000),
    (3, 'single', 2000000), (3, 'day', 5000000), (3, 'month', 20000000), (3, 'year', 20000000);

-- A customer's own limit where it differs from that of his tier.
CREATE TABLE accounts.limit_rule (
    customer_id uuid        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('single', 'day', 'month', 'year')),
    limit_minor bigint      NOT NULL CHECK (limit_minor >= 0),
    set_at      timestamptz NOT NULL,
    PRIMARY KEY (customer_id, kind)
);

-- What was spent in a period; moved in the transaction that spends.
CREATE TABLE accounts.usage (
    customer_id uuid   NOT NULL,
    currency    text   NOT NULL,
    kind        text   NOT NULL CHECK (kind IN ('day', 'month', 'year')),
    starts      date   NOT NULL,
    used_minor  bigint NOT NULL CHECK (used_minor >= 0),
    PRIMARY KEY (customer_id, currency, kind, starts)
) WITH (fillfactor = 70);

CREATE TABLE accounts.restriction (
    id            uuid PRIMARY KEY,
    customer_id   uuid        NOT NULL,
    kind          text        NOT NULL CHECK (kind IN ('risk', 'judicial', 'kyc', 'user', 'pin', 'dormant')),
    blocks_debit  boolean     NOT NULL,
    blocks_credit boolean     NOT NULL,
    since         timestamptz NOT NULL,
    until         timestamptz CHECK (until > since),
    lifted_at     timestamptz,
    CHECK (blocks_debit OR blocks_credit)
);
CREATE INDEX restriction_customer ON accounts.restriction (customer_id) WHERE lifted_at IS NULL;

GRANT USAGE ON SCHEMA accounts TO walletdesk_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA accounts TO walletdesk_app;
REVOKE INSERT, UPDATE, DELETE ON accounts.tier_limit FROM walletdesk_app;
