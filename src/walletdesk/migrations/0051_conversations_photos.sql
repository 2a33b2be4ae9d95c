-- conversations: photos, since when a seat is empty, what the bot looks for, and one call that tells the world.
-- Old code keeps running while this is applied: it only adds.
-- Undo by hand: DROP TABLE conversations.attachment; DROP FUNCTION conversations.tell; DROP INDEX
--   conversations.conversation_bot; ALTER TABLE conversations.seat DROP COLUMN away_since;  (loses the photos)

-- Since when nobody sits there; null while somebody does. "Absent for less than a minute" is judged by it.
ALTER TABLE conversations.seat ADD COLUMN away_since timestamptz;

-- What waits on the bot, longest first.
CREATE INDEX conversation_bot ON conversations.conversation (owed_since, id)
    WHERE state = 'bot' AND owed_since IS NOT NULL;

-- As it stood, a row without any debt passed: NULL is no false.
ALTER TABLE conversations.conversation
    DROP CONSTRAINT waits_for_what_was_promised,
    ADD CONSTRAINT waits_for_what_was_promised CHECK (
        (state <> 'wait_third' OR debt_kind IS NOT DISTINCT FROM 'news')
        AND (state <> 'callback' OR debt_kind IS NOT DISTINCT FROM 'call'));

-- A photo: re-encoded by us, kept as a file of a random name below the installation's folder. It belongs to its
-- uploader until it is said in a conversation; from then on to whoever may see that conversation.
CREATE TABLE conversations.attachment (
    id              uuid        PRIMARY KEY,
    uploader_id     uuid        NOT NULL,
    conversation_id uuid,
    file            text        NOT NULL UNIQUE CHECK (file ~ '^[0-9a-f]{32}$'),
    width           integer     NOT NULL CHECK (width > 0),
    height          integer     NOT NULL CHECK (height > 0),
    size_bytes      integer     NOT NULL CHECK (size_bytes > 0),
    at              timestamptz NOT NULL
);
CREATE INDEX attachment_unsaid ON conversations.attachment (at) WHERE conversation_id IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON conversations.attachment TO walletdesk_app;

-- Events, live hints and wakes of a batch of messages in the round trip that stores the batch. It writes what
-- kit.events.emit_all, kit.live.publish_all and kit.live.wake write, with the caller's rights.
CREATE FUNCTION conversations.tell(events jsonb, hints text[], wakes text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF jsonb_array_length(events) > 0 THEN
        INSERT INTO kit.event (key, name, body)
        SELECT (e ->> 0)::uuid, e ->> 1, e -> 2
          FROM jsonb_array_elements(events) WITH ORDINALITY AS u (e, i) ORDER BY i;
        PERFORM pg_notify('walletdesk_event', '');
    END IF;
    PERFORM pg_notify('walletdesk_live', h) FROM unnest(hints) AS h;
    PERFORM pg_notify('walletdesk_wake', w) FROM unnest(wakes) AS w;
END
$$;
GRANT EXECUTE ON FUNCTION conversations.tell TO walletdesk_app;
