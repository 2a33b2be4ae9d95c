-- news: what an operator's wallet has told us, each once, and how far feeds were read.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA news CASCADE;  (news of the last days could be heard twice)
CREATE SCHEMA news;

-- `digest` is that of the pushed body; a second push under the same name must say the same.
CREATE TABLE news.heard (
    cursor text PRIMARY KEY CHECK (length(cursor) BETWEEN 1 AND 200),
    via    text        NOT NULL CHECK (via IN ('push', 'poll')),
    digest bytea,
    at     timestamptz NOT NULL
);
CREATE INDEX heard_at ON news.heard (at);

CREATE TABLE news.cursor (
    name   text PRIMARY KEY,
    cursor text,
    at     timestamptz
);

GRANT USAGE ON SCHEMA news TO walletdesk_app;
GRANT SELECT, INSERT, DELETE ON news.heard TO walletdesk_app;
GRANT SELECT, INSERT, UPDATE ON news.cursor TO walletdesk_app;
