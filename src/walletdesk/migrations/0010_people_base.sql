-- people: customers, agents, their sessions and one-use links, and the audit log with its hash chain.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA people CASCADE;  (loses everybody)
CREATE SCHEMA people;

-- A customer of the wallet as the desk knows him; the phone is sealed, its index finds an exact number.
CREATE TABLE people.customer (
    id          uuid PRIMARY KEY,
    persona     text UNIQUE,
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    phone       bytea       NOT NULL,
    phone_index bytea       NOT NULL UNIQUE,
    locale      text        NOT NULL CHECK (locale IN ('zh', 'en')),
    zone        text        NOT NULL DEFAULT 'Asia/Shanghai',
    large_type  boolean     NOT NULL DEFAULT false,
    tier        smallint    NOT NULL DEFAULT 2 CHECK (tier BETWEEN 0 AND 3),
    since       timestamptz NOT NULL
);

CREATE TABLE people.agent (
    id            uuid PRIMARY KEY,
    email         text        NOT NULL UNIQUE CHECK (email = lower(email)),
    name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    password_hash text,
    roles         text[]      NOT NULL CHECK (roles <@ ARRAY['agent', 'supervisor', 'compliance', 'engineer']),
    skills        text[]      NOT NULL DEFAULT '{general}',
    lang          text        NOT NULL DEFAULT 'zh' CHECK (lang IN ('zh', 'en')),
    capacity      smallint    NOT NULL DEFAULT 2 CHECK (capacity BETWEEN 1 AND 3),
    failures      integer     NOT NULL DEFAULT 0,
    locked_until  timestamptz,
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL
);

-- Only digests of secrets are stored, so that nobody who reads the table can use them.
CREATE TABLE people.session (
    id           uuid PRIMARY KEY,
    digest       bytea       NOT NULL UNIQUE,
    door         text        NOT NULL CHECK (door IN ('chat', 'wallet', 'staff')),
    person_kind  text        NOT NULL CHECK (person_kind IN ('anonymous', 'customer', 'agent')),
    person_id    uuid        NOT NULL,
    lang         text        NOT NULL CHECK (lang IN ('zh', 'en')),
    extra        jsonb       NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    idle_seconds integer     NOT NULL CHECK (idle_seconds > 0),
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    CONSTRAINT door_fits_person CHECK ((door = 'staff') = (person_kind = 'agent'))
);
CREATE INDEX session_person ON people.session (person_id) WHERE revoked_at IS NULL;
CREATE INDEX session_expires ON people.session (expires_at);

CREATE TABLE people.sign_in_link (
    digest      bytea PRIMARY KEY,
    door        text        NOT NULL CHECK (door IN ('wallet', 'staff')),
    person_id   uuid        NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);

-- Ids of chat tokens that have been exchanged; a row is the lock against a second use.
CREATE TABLE people.used_token (
    id         text PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX used_token_expires ON people.used_token (expires_at);

-- Who did or read what. Written in the transaction of the deed; chained soon after by one writer.
CREATE TABLE people.audit (
    id       uuid PRIMARY KEY,
    xid      xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at       timestamptz NOT NULL,
    actor_kind text      NOT NULL,
    actor_id uuid,
    action   text        NOT NULL,
    object   text        NOT NULL,
    details  jsonb       NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_order ON people.audit (xid, id);
CREATE INDEX audit_object ON people.audit (object, at);

CREATE TABLE people.audit_chain (
    seq      bigint PRIMARY KEY,
    audit_id uuid   NOT NULL UNIQUE REFERENCES people.audit,
    xid      xid8   NOT NULL,
    hash     bytea  NOT NULL
);

CREATE FUNCTION people.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON people.audit
    FOR EACH STATEMENT EXECUTE FUNCTION people.refuse_change();
CREATE TRIGGER audit_chain_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON people.audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION people.refuse_change();

GRANT USAGE ON SCHEMA people TO walletdesk_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON people.customer, people.agent, people.session,
    people.sign_in_link, people.used_token TO walletdesk_app;
GRANT SELECT, INSERT ON people.audit, people.audit_chain TO walletdesk_app;
