-- diagnosis: findings that can be replayed, what was asked of the wallet because of them, and what is followed up.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA diagnosis CASCADE;  (loses findings and the state of commands, never money)
CREATE SCHEMA diagnosis;
GRANT USAGE ON SCHEMA diagnosis TO walletdesk_app;

-- People read the number on the card and out on the telephone: E-10001.
CREATE SEQUENCE diagnosis.finding_number START 10001;

-- Evidence is never changed: the product may add findings and read them, nothing else.
CREATE TABLE diagnosis.finding (
    id              uuid        PRIMARY KEY,
    number          bigint      NOT NULL UNIQUE DEFAULT nextval('diagnosis.finding_number'),
    conversation_id uuid,
    customer_id     uuid        NOT NULL,
    transaction_id  uuid,
    asked           text        NOT NULL,
    symptom         text        NOT NULL,
    verdict         text        NOT NULL,
    version         integer     NOT NULL CHECK (version > 0),
    body            jsonb       NOT NULL,
    basis           jsonb,
    made_at         timestamptz NOT NULL
);
CREATE INDEX finding_conversation ON diagnosis.finding (conversation_id, made_at DESC, number DESC)
    WHERE conversation_id IS NOT NULL;
CREATE INDEX finding_transaction ON diagnosis.finding (transaction_id, made_at DESC)
    WHERE transaction_id IS NOT NULL;

-- What was asked of the wallet. The key goes with every try, so that a repeated question is never a second deed.
CREATE TABLE diagnosis.command (
    id              uuid        PRIMARY KEY,
    finding_id      uuid        NOT NULL REFERENCES diagnosis.finding,
    customer_id     uuid        NOT NULL,
    transaction_id  uuid,
    name            text        NOT NULL,
    idempotency_key text        NOT NULL,
    actor_kind      text        NOT NULL CHECK (actor_kind IN ('customer', 'bot', 'agent', 'supervisor', 'compliance')),
    actor_id        uuid,
    state           text        NOT NULL DEFAULT 'asked'
                    CHECK (state IN ('asked', 'running', 'done', 'refused', 'unknown')),
    record          text,
    reason          text,
    tries           integer     NOT NULL DEFAULT 0 CHECK (tries >= 0),
    next_at         timestamptz,
    lease           uuid,
    told_unknown    boolean     NOT NULL DEFAULT false,
    handed_off      boolean     NOT NULL DEFAULT false,
    asked_at        timestamptz NOT NULL,
    finished_at     timestamptz,
    CONSTRAINT command_key_once UNIQUE (idempotency_key),
    -- Open work is always due at some time, so that no crash can leave it lying; what is final is never due.
    CONSTRAINT open_is_due CHECK ((state IN ('done', 'refused')) = (next_at IS NULL)),
    CONSTRAINT final_has_time CHECK ((state IN ('done', 'refused')) = (finished_at IS NOT NULL)),
    CONSTRAINT final_has_no_lease CHECK (lease IS NULL OR state NOT IN ('done', 'refused')),
    CONSTRAINT running_was_tried CHECK (state IN ('asked', 'refused') OR tries > 0)
) WITH (fillfactor = 70);
CREATE INDEX command_due ON diagnosis.command (next_at, id) WHERE next_at IS NOT NULL;
-- One open command of a kind for a transaction, whoever asks in whichever conversation.
CREATE UNIQUE INDEX command_open_once ON diagnosis.command (transaction_id, name)
    WHERE state IN ('asked', 'running', 'unknown');
-- What moves money happens once for a transaction, under whichever finding.
CREATE UNIQUE INDEX command_money_once ON diagnosis.command (transaction_id, name)
    WHERE state <> 'refused' AND name <> 'resend_notice';
CREATE INDEX command_finding ON diagnosis.command (finding_id);

-- Under which findings a command was asked: each of their conversations hears how it ended.
CREATE TABLE diagnosis.command_request (
    command_id     uuid        NOT NULL REFERENCES diagnosis.command,
    finding_id     uuid        NOT NULL REFERENCES diagnosis.finding,
    actor_kind     text        NOT NULL,
    actor_id       uuid,
    asked_at       timestamptz NOT NULL,
    new_finding_id uuid        REFERENCES diagnosis.finding,
    PRIMARY KEY (command_id, finding_id)
);
CREATE INDEX command_request_finding ON diagnosis.command_request (finding_id);
CREATE INDEX command_request_new ON diagnosis.command_request (new_finding_id) WHERE new_finding_id IS NOT NULL;

-- Findings that are not the last word: when we look again, and from when on a person must take over.
CREATE TABLE diagnosis.follow_up (
    finding_id      uuid        PRIMARY KEY REFERENCES diagnosis.finding,
    conversation_id uuid        NOT NULL,
    transaction_id  uuid,
    asks_rail       boolean     NOT NULL,
    step            integer     NOT NULL DEFAULT 0 CHECK (step >= 0),
    next_at         timestamptz,
    deadline_at     timestamptz,
    until_at        timestamptz NOT NULL,
    lease           uuid,
    ended_at        timestamptz,
    ended_by        text        CHECK (ended_by IN ('changed', 'replaced', 'expired')),
    CONSTRAINT open_is_due CHECK ((ended_at IS NULL) = (next_at IS NOT NULL)),
    CONSTRAINT ended_as_a_whole CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX follow_up_due ON diagnosis.follow_up (next_at, finding_id) WHERE next_at IS NOT NULL;
CREATE INDEX follow_up_conversation ON diagnosis.follow_up (conversation_id) WHERE ended_at IS NULL;

GRANT SELECT, INSERT ON diagnosis.finding TO walletdesk_app;
GRANT SELECT, INSERT, UPDATE ON diagnosis.command, diagnosis.command_request, diagnosis.follow_up TO walletdesk_app;
GRANT USAGE ON SEQUENCE diagnosis.finding_number TO walletdesk_app;
