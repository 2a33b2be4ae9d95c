-- feedback: how customers rate what was done for them, once for each time a conversation was resolved.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA feedback CASCADE;  (loses the ratings)
CREATE SCHEMA feedback;
GRANT USAGE ON SCHEMA feedback TO walletdesk_app;

CREATE TABLE feedback.rating (
    conversation_id uuid        NOT NULL,
    resolution      integer     NOT NULL CHECK (resolution > 0),
    score           smallint    NOT NULL CHECK (score BETWEEN 1 AND 5),
    reasons         text[]      NOT NULL CHECK (reasons <@ ARRAY['solved', 'clear', 'fast', 'kind', 'slow',
                                                                 'unclear', 'unsolved']),
    comment         text        CHECK (length(comment) <= 1000),
    at              timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, resolution)
);
CREATE INDEX rating_at ON feedback.rating (at);
GRANT SELECT, INSERT, UPDATE ON feedback.rating TO walletdesk_app;
