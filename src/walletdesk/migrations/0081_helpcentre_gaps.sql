-- helpcentre: questions to which no article was found, counted once for each way of asking.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP TABLE helpcentre.gap;  (loses the list of what nobody has answered yet)
CREATE TABLE helpcentre.gap (
    id         uuid        PRIMARY KEY,
    sense      text        NOT NULL UNIQUE CHECK (length(sense) BETWEEN 1 AND 400),
    question   text        NOT NULL CHECK (length(question) BETWEEN 1 AND 300),
    lang       text        NOT NULL CHECK (lang IN ('zh', 'en')),
    searches   integer     NOT NULL DEFAULT 0,
    chats      integer     NOT NULL DEFAULT 0,
    state      text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'dismissed')),
    article_id uuid        REFERENCES helpcentre.article,
    decided_by uuid,
    first_at   timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    CONSTRAINT asked_by_somebody CHECK (searches + chats > 0),
    CONSTRAINT answered_by_an_article CHECK (state <> 'answered' OR article_id IS NOT NULL),
    CONSTRAINT decided_by_somebody CHECK (state = 'open' OR decided_by IS NOT NULL)
);
-- The editors' list: most often asked first.
CREATE INDEX gap_open ON helpcentre.gap ((searches + chats) DESC, id) WHERE state = 'open';
CREATE INDEX gap_last ON helpcentre.gap (last_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON helpcentre.gap TO walletdesk_app;
