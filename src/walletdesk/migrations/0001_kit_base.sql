-- kit: the event log with its followers, one-use tokens, and the role the product works as.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP SCHEMA kit CASCADE;  (loses the event log)
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'walletdesk_app') THEN
        CREATE ROLE walletdesk_app NOLOGIN;
    END IF;
    IF NOT pg_has_role(current_user, 'walletdesk_app', 'MEMBER') THEN
        EXECUTE format('GRANT walletdesk_app TO %I', current_user);
    END IF;
END
$$;

GRANT USAGE ON SCHEMA kit TO walletdesk_app;

-- (xid, id) is the order in which followers read; see kit/events.py.
CREATE TABLE kit.event (
    id   bigint      GENERATED ALWAYS AS IDENTITY,
    xid  xid8        NOT NULL DEFAULT pg_current_xact_id(),
    key  uuid        NOT NULL,
    name text        NOT NULL,
    body jsonb       NOT NULL,
    at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (xid, id)
);
CREATE INDEX event_at ON kit.event USING brin (at);

CREATE TABLE kit.follower (
    name     text PRIMARY KEY,
    xid      xid8   NOT NULL DEFAULT '0',
    id       bigint NOT NULL DEFAULT 0,
    moved_at timestamptz
) WITH (fillfactor = 50);

GRANT SELECT, INSERT ON kit.event TO walletdesk_app;
GRANT SELECT, INSERT, UPDATE ON kit.follower TO walletdesk_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA kit TO walletdesk_app;

-- Marks of this installation that only it may write: seed of the world, time of birth, names of keys.
CREATE TABLE kit.mark (
    name  text PRIMARY KEY,
    value jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON kit.mark TO walletdesk_app;
