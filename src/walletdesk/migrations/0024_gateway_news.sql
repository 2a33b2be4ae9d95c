-- gateway: what an operator's wallet has told us, each once, and how far feeds were read.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP TABLE gateway.heard, gateway.cursor;  (news of the last days could be heard twice)
-- `digest` is that of the pushed body; a second push under the same name must say the same.
CREATE TABLE gateway.heard (
    cursor text PRIMARY KEY CHECK (length(cursor) BETWEEN 1 AND 200),
    via    text        NOT NULL CHECK (via IN ('push', 'poll')),
    digest bytea,
    at     timestamptz NOT NULL
);
CREATE INDEX heard_at ON gateway.heard (at);

CREATE TABLE gateway.cursor (
    name   text PRIMARY KEY,
    cursor text,
    at     timestamptz
);

GRANT SELECT, INSERT, DELETE ON gateway.heard TO walletdesk_app;
GRANT SELECT, INSERT, UPDATE ON gateway.cursor TO walletdesk_app;
