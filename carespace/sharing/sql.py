"""SQL of the sharing room: how a calendar program, which is signed in as nobody, finds the one address it knows.

Promises: the function answers with one address that works now, or with nothing: not for one that has ended, whose person
is signed in no more, or whose grant does not count at this moment. It runs as the owner with a fixed search path, and is
asked with the keyed hash, which nobody without the server's key can make. An address rests on the grant under which it
was made: it ends when that is revoked, whoever does it, and no later grant wakes it. What ends a person's sessions ends
their addresses too (``carespace.end_sessions()``).
"""

FIND_FEED = """
CREATE OR REPLACE FUNCTION carespace.find_calendar_feed(hash bytea)
RETURNS TABLE (id uuid, user_id uuid, patient_id uuid, with_words boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT f.id, f.user_id, f.patient_id, f.with_words FROM sharing_calendarfeed f
    JOIN accounts_user u ON u.id = f.user_id AND u.is_active
    WHERE f.token_hash = hash AND f.ended_at IS NULL
    AND EXISTS (SELECT 1 FROM access_grant g
        WHERE g.user_id = f.user_id AND g.patient_id = f.patient_id AND g.practice_id = f.practice_id
        AND g.revoked_at IS NULL AND g.starts_at <= f.created_at AND g.starts_at <= statement_timestamp()
        AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp())) $$;
CREATE OR REPLACE FUNCTION carespace.refuse_revived_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'a calendar address that has ended stays ended'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS feed_stays_ended ON sharing_calendarfeed;
CREATE TRIGGER feed_stays_ended BEFORE UPDATE ON sharing_calendarfeed
    FOR EACH ROW EXECUTE FUNCTION carespace.refuse_revived_feed();
CREATE OR REPLACE FUNCTION carespace.end_feeds_of_grant() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE sharing_calendarfeed SET ended_at = statement_timestamp()
        WHERE user_id = NEW.user_id AND patient_id = NEW.patient_id AND ended_at IS NULL;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS feeds_end_with_grant ON access_grant;
CREATE TRIGGER feeds_end_with_grant AFTER UPDATE OF revoked_at ON access_grant
    FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL)
    EXECUTE FUNCTION carespace.end_feeds_of_grant();
"""

FOR_WEB = ("carespace.find_calendar_feed(bytea)",)
