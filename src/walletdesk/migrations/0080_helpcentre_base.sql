-- helpcentre: articles with their versions in two languages, votes, and what search looks at.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA helpcentre CASCADE;  (loses what the staff has written and how readers voted)
CREATE SCHEMA helpcentre;
GRANT USAGE ON SCHEMA helpcentre TO walletdesk_app;

-- `number` is the small key of the postings; an article whose intent is named answers that intent in the chat.
CREATE TABLE helpcentre.article (
    id         uuid        PRIMARY KEY,
    number     integer     GENERATED ALWAYS AS IDENTITY UNIQUE,
    slug       text        NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80),
    intent     text        UNIQUE CHECK (length(intent) BETWEEN 1 AND 60),
    topic      text        NOT NULL CHECK (topic IN ('pay', 'transfer', 'add', 'refund', 'bills', 'balance', 'account',
                                                     'safety', 'service')),
    created_at timestamptz NOT NULL
);

-- What an article says in one language. `authors` are all who have written in this version; without any it came
-- with the product.
CREATE TABLE helpcentre.version (
    article_id   uuid        NOT NULL REFERENCES helpcentre.article,
    lang         text        NOT NULL CHECK (lang IN ('zh', 'en')),
    version      integer     NOT NULL CHECK (version > 0),
    state        text        NOT NULL CHECK (state IN ('draft', 'review', 'published', 'retired')),
    title        text        NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    body         text        NOT NULL CHECK (length(body) BETWEEN 1 AND 20000),
    words        text        NOT NULL DEFAULT '' CHECK (length(words) <= 1000),
    reviewed_on  date        NOT NULL,
    stale_on     date        NOT NULL,
    authors      uuid[]      NOT NULL DEFAULT '{}',
    reviewer_id  uuid,
    note         text        CHECK (length(note) <= 1000),
    digest       text,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (article_id, lang, version),
    CONSTRAINT stale_after_review CHECK (stale_on > reviewed_on),
    CONSTRAINT four_eyes CHECK (reviewer_id <> ALL (authors)),
    CONSTRAINT published_as_a_whole CHECK ((state IN ('published', 'retired')) = (published_at IS NOT NULL)),
    CONSTRAINT looked_at_before CHECK (published_at IS NULL OR authors = '{}' OR reviewer_id IS NOT NULL)
);
CREATE UNIQUE INDEX version_published ON helpcentre.version (article_id, lang) WHERE state = 'published';
CREATE UNIQUE INDEX version_open ON helpcentre.version (article_id, lang) WHERE state IN ('draft', 'review');

-- "Did this help": one voice for each reader and version, which he may change; who he is cannot be read from it.
CREATE TABLE helpcentre.vote (
    article_id uuid        NOT NULL,
    lang       text        NOT NULL,
    version    integer     NOT NULL,
    voter      bytea       NOT NULL CHECK (length(voter) = 16),
    helped     boolean     NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (article_id, lang, version, voter),
    FOREIGN KEY (article_id, lang, version) REFERENCES helpcentre.version
);

-- The posting table: what an article says (terms `w...`), how that sounds (`s...`) and how it is spelled (`l...`), with
-- the part of BM25 that does not depend on the question.
CREATE TABLE helpcentre.posting (
    term   text    NOT NULL,
    number integer NOT NULL REFERENCES helpcentre.article (number) ON DELETE CASCADE,
    weight real    NOT NULL,
    PRIMARY KEY (term, number) INCLUDE (weight)
);
CREATE INDEX posting_number ON helpcentre.posting (number);

-- In how many articles a term stands, and how many terms of each sort an indexed article has.
CREATE TABLE helpcentre.term (
    term     text    PRIMARY KEY,
    articles integer NOT NULL
) WITH (fillfactor = 70);
CREATE TABLE helpcentre.indexed (
    number  integer PRIMARY KEY REFERENCES helpcentre.article (number) ON DELETE CASCADE,
    words   integer NOT NULL,
    sounds  integer NOT NULL,
    letters integer NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON helpcentre.article, helpcentre.version, helpcentre.vote TO walletdesk_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON helpcentre.posting, helpcentre.term, helpcentre.indexed TO walletdesk_app;
