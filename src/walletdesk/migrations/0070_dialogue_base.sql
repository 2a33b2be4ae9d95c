-- dialogue: what the bot remembers of a conversation, where its findings stand in it, and what it still has to tell.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA dialogue CASCADE;  (the bot forgets what it talked of; promises stay on their rows)
CREATE SCHEMA dialogue;
GRANT USAGE ON SCHEMA dialogue TO walletdesk_app;

-- `claimed_until` keeps a second worker from doing the same work at the same time. It is no guard of correctness:
-- that nothing is answered twice is checked under the lock of the conversation's row.
CREATE TABLE dialogue.state (
    conversation_id uuid        PRIMARY KEY,
    state           jsonb       NOT NULL DEFAULT '{}',
    claimed_until   timestamptz,
    updated_at      timestamptz NOT NULL
) WITH (fillfactor = 50);

-- In which place (the first item of a card) a finding was shown; the newest of a place is what stands there now.
CREATE TABLE dialogue.shown (
    n               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    finding_id      uuid NOT NULL UNIQUE,
    place           uuid NOT NULL,
    conversation_id uuid NOT NULL
);
CREATE INDEX shown_place ON dialogue.shown (place, n DESC);

-- What followers have noted and the job `bot_news` carries out, because it may have to read the wallet.
CREATE TABLE dialogue.todo (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id uuid        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('finding', 'command', 'handoff_due', 'remind', 'note',
                                                         'tap', 'overhear', 'freeze')),
    body            jsonb       NOT NULL DEFAULT '{}',
    due_at          timestamptz NOT NULL,
    tries           smallint    NOT NULL DEFAULT 0
);
CREATE INDEX todo_due ON dialogue.todo (due_at, id);
CREATE INDEX todo_conversation ON dialogue.todo (conversation_id, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dialogue TO walletdesk_app;
