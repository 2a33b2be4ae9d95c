-- helpcentre: what is announced to everybody, maintenance and incidents, and how it went on.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP TABLE helpcentre.announcement_news, helpcentre.announcement;  (loses the announcements)

-- What it touches: kinds of transactions, rails, names of banks and shops; an empty list leaves nothing out.
CREATE TABLE helpcentre.announcement (
    id             uuid        PRIMARY KEY,
    kind           text        NOT NULL CHECK (kind IN ('maintenance', 'incident')),
    state          text        NOT NULL CHECK (state IN ('draft', 'published', 'ended')),
    zh_title       text        NOT NULL CHECK (length(zh_title) BETWEEN 1 AND 120),
    zh_text        text        NOT NULL CHECK (length(zh_text) BETWEEN 1 AND 2000),
    en_title       text        NOT NULL CHECK (length(en_title) BETWEEN 1 AND 120),
    en_text        text        NOT NULL CHECK (length(en_text) BETWEEN 1 AND 2000),
    kinds          text[]      NOT NULL DEFAULT '{}'
                   CHECK (kinds <@ ARRAY['payment', 'transfer', 'top_up', 'withdrawal', 'refund', 'bill']),
    rails          text[]      NOT NULL DEFAULT '{}',
    banks          text[]      NOT NULL DEFAULT '{}',
    shops          text[]      NOT NULL DEFAULT '{}',
    starts_at      timestamptz NOT NULL,
    expected_end   timestamptz,
    next_news_at   timestamptz,
    ended_at       timestamptz,
    author_id      uuid        NOT NULL,
    published_by   uuid,
    published_at   timestamptz,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT ends_after_it_starts CHECK (expected_end > starts_at),
    CONSTRAINT published_as_a_whole CHECK ((state = 'draft') = (published_at IS NULL)
                                       AND (published_at IS NULL) = (published_by IS NULL)),
    CONSTRAINT ended_as_a_whole CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);
CREATE INDEX announcement_now ON helpcentre.announcement (starts_at) WHERE state = 'published';
CREATE INDEX announcement_ended ON helpcentre.announcement (ended_at DESC) WHERE state = 'ended';

-- How it went on; never changed once said.
CREATE TABLE helpcentre.announcement_news (
    announcement_id uuid        NOT NULL REFERENCES helpcentre.announcement,
    number          integer     NOT NULL,
    zh              text        NOT NULL CHECK (length(zh) BETWEEN 1 AND 2000),
    en              text        NOT NULL CHECK (length(en) BETWEEN 1 AND 2000),
    agent_id        uuid        NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (announcement_id, number)
);
GRANT SELECT, INSERT, UPDATE ON helpcentre.announcement TO walletdesk_app;
GRANT SELECT, INSERT ON helpcentre.announcement_news TO walletdesk_app;
