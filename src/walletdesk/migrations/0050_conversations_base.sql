-- conversations: what was said, and on every row on whom it waits, who owes the next answer and until when.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA conversations CASCADE;  (loses every conversation)
CREATE SCHEMA conversations;
GRANT USAGE ON SCHEMA conversations TO walletdesk_app;

CREATE TABLE conversations.conversation (
    id                uuid        PRIMARY KEY,
    customer_id       uuid,
    visitor_id        uuid,
    person_name       text,
    locale            text        NOT NULL CHECK (locale IN ('zh', 'en')),
    large_type        boolean     NOT NULL,
    channel           text        NOT NULL,
    context           jsonb,
    subject           text,
    symptom           text,
    verdict           text,

    state             text        NOT NULL CHECK (state IN ('bot', 'queued', 'offered', 'agent', 'wait_cust',
                                                            'wait_third', 'callback', 'resolved')),
    owner_kind        text        NOT NULL CHECK (owner_kind IN ('bot', 'queue', 'agent', 'customer',
                                                                 'callback', 'case')),
    owner_id          uuid,
    owner_name        text,
    promised_at       timestamptz NOT NULL,
    due_at            timestamptz,
    level             smallint    NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 4),
    owed_since        timestamptz,
    acked_at          timestamptz,
    waiting_since     timestamptz,
    rank_at           timestamptz,
    debt_kind         text        CHECK (debt_kind IN ('news', 'call')),
    debt_due_at       timestamptz,
    human_wanted      boolean     NOT NULL DEFAULT false,
    tries             smallint    NOT NULL DEFAULT 0,
    reminders         smallint    NOT NULL DEFAULT 0,
    call_tries        smallint    NOT NULL DEFAULT 0,
    skill             text        NOT NULL DEFAULT 'general',
    priority_class    smallint    NOT NULL DEFAULT 2 CHECK (priority_class BETWEEN 0 AND 2),
    last_agent_id     uuid,
    resolutions       integer     NOT NULL DEFAULT 0,

    last_seq          bigint      NOT NULL DEFAULT 0,
    last_at           timestamptz NOT NULL,
    last_text         text        NOT NULL DEFAULT '',
    customer_seq      bigint      NOT NULL DEFAULT 0,
    agent_seq         bigint      NOT NULL DEFAULT 0,
    agent_seq_by      uuid,
    answered_seq      bigint      NOT NULL DEFAULT 0,
    customer_read_seq bigint      NOT NULL DEFAULT 0,
    agent_read_seq    bigint      NOT NULL DEFAULT 0,
    agent_unread      integer     NOT NULL DEFAULT 0,
    opened_at         timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    resolved_at       timestamptz,
    resolved_by       text,
    rated_resolution  integer     NOT NULL DEFAULT 0,

    CONSTRAINT belongs_to_one_person CHECK ((customer_id IS NULL) <> (visitor_id IS NULL)),
    -- The promise. The same rules stand in desk/conversations/promise.py.
    CONSTRAINT live_has_due CHECK ((state = 'resolved') = (due_at IS NULL)),
    CONSTRAINT due_is_a_time CHECK (isfinite(due_at)),
    CONSTRAINT owner_fits_state CHECK (
        CASE state
            WHEN 'bot'        THEN owner_kind = 'bot' AND owner_id IS NULL
            WHEN 'queued'     THEN owner_kind = 'queue' AND owner_id IS NULL
            WHEN 'offered'    THEN owner_kind = 'agent' AND owner_id IS NOT NULL
            WHEN 'agent'      THEN owner_kind = 'agent' AND owner_id IS NOT NULL
            WHEN 'wait_cust'  THEN owner_kind = 'customer'
            WHEN 'wait_third' THEN owner_kind = 'case'
            WHEN 'callback'   THEN owner_kind = 'callback' AND owner_id IS NULL
            ELSE owner_kind = 'customer' AND owner_id IS NULL
        END),
    -- Hard ceilings over the configurable bounds: no setting can make a promise that nobody would sweep.
    CONSTRAINT due_within_bound CHECK (
        due_at <= promised_at + CASE state
            WHEN 'bot'        THEN interval '2 minutes'
            WHEN 'queued'     THEN interval '30 minutes'
            WHEN 'offered'    THEN interval '5 minutes'
            WHEN 'agent'      THEN interval '1 hour'
            WHEN 'wait_cust'  THEN interval '72 hours'
            ELSE interval '16 days'
        END),
    CONSTRAINT resolved_owes_nothing CHECK (state <> 'resolved' OR (owed_since IS NULL AND debt_kind IS NULL)),
    CONSTRAINT customer_has_the_word CHECK (state <> 'wait_cust' OR (owed_since IS NULL AND debt_kind IS NULL)),
    CONSTRAINT queue_knows_the_wait CHECK (
        state NOT IN ('queued', 'offered')
        OR (owed_since IS NOT NULL AND waiting_since IS NOT NULL AND rank_at IS NOT NULL AND human_wanted)),
    CONSTRAINT debt_is_whole CHECK ((debt_kind IS NULL) = (debt_due_at IS NULL)),
    CONSTRAINT waits_for_what_was_promised CHECK (
        (state <> 'wait_third' OR debt_kind = 'news') AND (state <> 'callback' OR debt_kind = 'call')),
    CONSTRAINT owed_is_acknowledged CHECK (owed_since IS NULL OR acked_at IS NOT NULL),
    CONSTRAINT resolved_has_time CHECK ((state = 'resolved') <= (resolved_at IS NOT NULL))
) WITH (fillfactor = 70);

-- The sweeper and the box "all": what is due first. Messages do not move it, so updates stay on their page.
CREATE INDEX conversation_due ON conversations.conversation (due_at, id) WHERE state <> 'resolved';
-- The queue of a skill, in ageing order, and the box "unassigned" over all skills.
CREATE INDEX conversation_queue ON conversations.conversation (rank_at, id) WHERE state = 'queued';
-- The box "mine", the load of an agent, and what an agent who is gone still holds.
CREATE INDEX conversation_owner ON conversations.conversation (owner_id, due_at, id)
    WHERE owner_id IS NOT NULL;
-- The box "resolved", newest first.
CREATE INDEX conversation_resolved ON conversations.conversation (resolved_at DESC, id DESC)
    WHERE state = 'resolved';
-- A customer's history and his open conversations.
CREATE INDEX conversation_customer ON conversations.conversation (customer_id, opened_at DESC)
    WHERE customer_id IS NOT NULL;
CREATE INDEX conversation_visitor ON conversations.conversation (visitor_id, opened_at DESC)
    WHERE visitor_id IS NOT NULL;

-- No foreign key: every writer has locked the conversation's row before it writes here, and the check per row
-- would cost more than the row itself. `walletdesk doctor` looks for messages without a conversation.
CREATE TABLE conversations.message (
    conversation_id uuid        NOT NULL,
    seq             bigint      NOT NULL CHECK (seq > 0),
    id              uuid        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('text', 'choice', 'photo', 'card', 'note', 'status')),
    audience        text        NOT NULL CHECK (audience IN ('all', 'staff')),
    author_kind     text        NOT NULL CHECK (author_kind IN ('customer', 'bot', 'agent', 'system')),
    author_id       uuid,
    author_name     text,
    text            text        NOT NULL CHECK (length(text) <= 8000),
    body            jsonb,
    replaces        uuid,
    at              timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, seq),
    CONSTRAINT message_id_once UNIQUE (id),
    CONSTRAINT notes_are_for_staff CHECK (kind <> 'note' OR audience = 'staff')
);

-- Where an agent may sit: how many conversations at once, and whether he is here. Locked before a
-- conversation is put into somebody's hands, so that nobody ever holds more than his capacity.
CREATE TABLE conversations.seat (
    agent_id uuid     PRIMARY KEY,
    name     text     NOT NULL,
    capacity smallint NOT NULL CHECK (capacity BETWEEN 0 AND 10),
    present  boolean  NOT NULL
) WITH (fillfactor = 50);

GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA conversations TO walletdesk_app;
