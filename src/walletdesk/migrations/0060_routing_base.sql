-- routing: who of the desk is here, what was offered to whom, and how fast each skill's queue moves.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA routing CASCADE; DROP INDEX conversations.conversation_queue_of_skill,
--   conversations.conversation_queue_escalated, conversations.conversation_held;  (loses presence, no conversation)
CREATE SCHEMA routing;
GRANT USAGE ON SCHEMA routing TO walletdesk_app;

-- What an agent says of himself, and when his page last gave a sign of life. `gone` is written by the job that
-- has noticed his absence; until then a late sign of life costs one write and nothing else.
CREATE TABLE routing.presence (
    agent_id   uuid        PRIMARY KEY,
    session_id uuid,
    chosen     text        NOT NULL CHECK (chosen IN ('online', 'busy', 'break', 'offline')),
    since      timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    gone       boolean     NOT NULL DEFAULT false
) WITH (fillfactor = 50);
CREATE INDEX presence_seen ON routing.presence (seen_at);

-- What was offered to whom and what became of it; null: not answered (yet).
CREATE TABLE routing.offer (
    id              uuid        PRIMARY KEY,
    conversation_id uuid        NOT NULL,
    agent_id        uuid        NOT NULL,
    offered_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    answer          text        CHECK (answer IN ('accepted', 'declined', 'withdrawn'))
);
CREATE INDEX offer_conversation ON routing.offer (conversation_id, offered_at DESC);
CREATE INDEX offer_agent ON routing.offer (agent_id, offered_at DESC);
CREATE INDEX offer_at ON routing.offer USING brin (offered_at);

-- What is waiting or held now, and since when; written by the follower of the event log.
CREATE TABLE routing.spell (
    conversation_id uuid        PRIMARY KEY,
    skill           text        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('waiting', 'held')),
    began_at        timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX spell_skill ON routing.spell (skill, kind);

-- What ended in each minute: taken from the queue, left it otherwise, seconds waited, seconds held.
CREATE TABLE routing.flow (
    skill    text             NOT NULL,
    minute   timestamptz      NOT NULL,
    taken    integer          NOT NULL DEFAULT 0,
    departed integer          NOT NULL DEFAULT 0,
    waited_s double precision NOT NULL DEFAULT 0,
    held_s   double precision NOT NULL DEFAULT 0,
    PRIMARY KEY (skill, minute)
) WITH (fillfactor = 70);

-- How fast a skill's queue moves, as last measured: what an announcement of a wait is made of.
CREATE TABLE routing.pace (
    skill       text             PRIMARY KEY,
    present     integer          NOT NULL,
    slots       integer          NOT NULL,
    free        integer          NOT NULL,
    taken       integer          NOT NULL,
    held_s      double precision NOT NULL,
    departed    integer          NOT NULL,
    waited_s    double precision NOT NULL,
    measured_at timestamptz      NOT NULL
) WITH (fillfactor = 50);

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA routing TO walletdesk_app;

-- The head of one skill's queue, and what has climbed so far that leads look at it whatever the skill.
CREATE INDEX conversation_queue_of_skill ON conversations.conversation (skill, rank_at, id)
    WHERE state = 'queued';
CREATE INDEX conversation_queue_escalated ON conversations.conversation (rank_at, id)
    WHERE state = 'queued' AND level >= 2;
-- The load of an agent without everything that only waits with him for a customer.
CREATE INDEX conversation_held ON conversations.conversation (owner_id)
    WHERE state IN ('offered', 'agent');
