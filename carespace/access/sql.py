"""SQL of the access room: the key table and the functions that row security asks.

Promises: the functions answer NULL unless the signed setting is whole, for its purpose and in time; what reads the key
runs as the owner (SECURITY DEFINER) with a fixed search path, and the key's table is closed to every other role. The
others have bodies that were parsed when they were made (``RETURN``): a body kept as text would be read under the
caller's search path, where a temporary type named ``uuid`` with a cast of its own answers for any patient.
"""

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS carespace;
CREATE TABLE IF NOT EXISTS carespace.signing_key (
    id integer PRIMARY KEY CHECK (id = 1), inner_key bytea NOT NULL, outer_key bytea NOT NULL
);
REVOKE ALL ON carespace.signing_key FROM PUBLIC;
"""

# HMAC in plain SQL: sha256(outer || sha256(inner || body)). No extension is needed.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION carespace.signed_parts(setting text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given text := current_setting(setting, true);
    body text;
    parts text[];
    key carespace.signing_key;
BEGIN
    IF given IS NULL OR length(given) < 66 THEN
        RETURN NULL;
    END IF;
    body := left(given, length(given) - 65);
    SELECT * INTO key FROM carespace.signing_key;
    IF right(given, 64) IS DISTINCT FROM
        encode(sha256(key.outer_key || sha256(key.inner_key || convert_to(body, 'UTF8'))), 'hex') THEN
        RETURN NULL;
    END IF;
    parts := string_to_array(body, '|');
    IF parts[1] <> setting OR parts[2]::bigint < extract(epoch FROM clock_timestamp()) THEN
        RETURN NULL;
    END IF;
    RETURN parts[3:];
END $$;
CREATE OR REPLACE FUNCTION carespace.chart_patient() RETURNS uuid LANGUAGE sql STABLE
    RETURN (carespace.signed_parts('carespace.chart'))[1]::uuid;
CREATE OR REPLACE FUNCTION carespace.chart_practice() RETURNS uuid LANGUAGE sql STABLE
    RETURN (carespace.signed_parts('carespace.chart'))[2]::uuid;
CREATE OR REPLACE FUNCTION carespace.acting_user() RETURNS uuid LANGUAGE sql STABLE
    RETURN (carespace.signed_parts('carespace.user'))[1]::uuid;
CREATE OR REPLACE FUNCTION carespace.working_practice() RETURNS uuid LANGUAGE sql STABLE
    RETURN (carespace.signed_parts('carespace.practice'))[1]::uuid;
CREATE OR REPLACE FUNCTION carespace.working_role() RETURNS text LANGUAGE sql STABLE
    RETURN (carespace.signed_parts('carespace.practice'))[2];
CREATE OR REPLACE FUNCTION carespace.token_invitation() RETURNS uuid LANGUAGE sql STABLE
    RETURN (carespace.signed_parts('carespace.token'))[1]::uuid;
CREATE OR REPLACE FUNCTION carespace.find_invitation(hash bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT id FROM access_invitation WHERE token_hash = hash $$;
CREATE OR REPLACE FUNCTION carespace.newest_link() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT newest.id FROM access_invitation newest JOIN access_invitation mine
        ON newest.patient_id = mine.patient_id AND newest.email = mine.email AND newest.kind = mine.kind
        WHERE mine.id = carespace.token_invitation()
        ORDER BY newest.created_at DESC, newest.id LIMIT 1 $$;
CREATE OR REPLACE FUNCTION carespace.token_patient() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT patient_id FROM access_invitation WHERE id = carespace.token_invitation()
        AND (state = 'sent' OR (state = 'accepted'
            AND accepted_at > statement_timestamp() - interval '15 minutes')) $$;
CREATE OR REPLACE FUNCTION carespace.token_owners(record uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ WITH owning AS (SELECT user_id, kind FROM access_grant
            WHERE patient_id = record AND record = carespace.token_patient()
            AND kind IN ('self', 'representative') AND revoked_at IS NULL
            AND starts_at <= statement_timestamp()
            AND (ends_at IS NULL OR ends_at > statement_timestamp()))
        SELECT user_id FROM owning
        WHERE kind = 'self' OR NOT EXISTS (SELECT 1 FROM owning WHERE kind = 'self') $$;
CREATE OR REPLACE FUNCTION carespace.manages_chart() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT EXISTS (SELECT 1 FROM access_grant
        WHERE user_id = (carespace.signed_parts('carespace.chart'))[3]::uuid
        AND patient_id = carespace.chart_patient() AND practice_id = carespace.chart_practice()
        AND kind IN ('self', 'representative') AND revoked_at IS NULL
        AND starts_at <= statement_timestamp()
        AND (ends_at IS NULL OR ends_at > statement_timestamp())) $$;
"""

# The users' table shows each person only themselves. Who manages a record, and the staff of its practice, see of the
# others what a page says of them, and nothing else of their row.
PEOPLE = """
CREATE OR REPLACE FUNCTION carespace.is_staff_of(workplace uuid) RETURNS boolean LANGUAGE sql STABLE
    RETURN workplace = carespace.working_practice()
        AND carespace.working_role() IN ('front-desk', 'care-team', 'clinician', 'manager');
CREATE OR REPLACE FUNCTION carespace.people_of(record uuid)
RETURNS TABLE (id uuid, name text, email text, last_login timestamptz, is_active boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT u.id, u.name, u.email, u.last_login, u.is_active FROM accounts_user u
    WHERE EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = u.id AND g.patient_id = record AND (
        (record = carespace.chart_patient() AND g.practice_id = carespace.chart_practice()
            AND carespace.manages_chart())
        OR carespace.is_staff_of(g.practice_id))) $$;
CREATE OR REPLACE FUNCTION carespace.colleagues()
RETURNS TABLE (id uuid, name text, email text, last_login timestamptz, is_active boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT u.id, u.name, u.email, u.last_login, u.is_active FROM accounts_user u
    WHERE EXISTS (SELECT 1 FROM practices_staffmembership s
        WHERE s.user_id = u.id AND s.ended_at IS NULL AND carespace.is_staff_of(s.practice_id)) $$;
-- Another role is a membership that ends and one that begins, in one transaction.
CREATE OR REPLACE FUNCTION carespace.works_here(person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM practices_staffmembership s
        WHERE s.user_id = person AND carespace.is_staff_of(s.practice_id)
        AND (s.ended_at IS NULL OR s.ended_at = transaction_timestamp())) $$;
CREATE OR REPLACE FUNCTION carespace.add_colleague(identity uuid, address text, person text, unusable text)
RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF carespace.working_role() IS DISTINCT FROM 'manager' OR left(unusable, 1) <> '!' THEN
        RETURN NULL;
    END IF;
    INSERT INTO accounts_user (id, email, name, password, is_active, language, shows_news_at_once, created_at)
        VALUES (identity, address, person, unusable, true, '', false, statement_timestamp())
        ON CONFLICT (email) DO NOTHING;
    RETURN (SELECT u.id FROM accounts_user u WHERE u.email = address);
END $$;
-- Asked of this practice alone: what somebody is elsewhere neither opens nor closes anything here.
CREATE OR REPLACE FUNCTION carespace.may_help(person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT 1 FROM practices_staffmembership s
            WHERE s.user_id = person AND s.ended_at IS NULL
            AND s.practice_id = carespace.working_practice())
        THEN carespace.working_role() = 'manager'
        ELSE carespace.working_role() IN ('front-desk', 'manager') AND EXISTS (SELECT 1 FROM access_grant g
            WHERE g.user_id = person AND g.practice_id = carespace.working_practice()
            AND g.revoked_at IS NULL)
        END $$;
CREATE OR REPLACE FUNCTION carespace.belongs_elsewhere(person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = person AND g.revoked_at IS NULL
            AND g.practice_id IS DISTINCT FROM carespace.working_practice())
        OR EXISTS (SELECT 1 FROM practices_staffmembership s
            WHERE s.user_id = person AND s.ended_at IS NULL
            AND s.practice_id IS DISTINCT FROM carespace.working_practice()) $$;
-- An address that a practice wrote down (add_colleague), and at which nobody has come in, is its owner's to begin with.
CREATE OR REPLACE FUNCTION carespace.claim_sign_in(person text, born date, hash text) RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE accounts_user u SET name = person, birth_date = born, password = hash
        FROM access_invitation i
        WHERE i.id = carespace.token_invitation() AND i.state = 'sent' AND i.email = u.email
        AND left(u.password, 1) = '!' AND u.last_login IS NULL AND u.is_active
        RETURNING u.id $$;
CREATE OR REPLACE FUNCTION carespace.change_address() RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wanted text[] := carespace.signed_parts('carespace.address');
    address text;
BEGIN
    IF wanted IS NULL OR wanted[1]::uuid IS DISTINCT FROM carespace.acting_user() THEN
        RETURN false;
    END IF;
    address := convert_from(decode(wanted[2], 'hex'), 'UTF8');
    IF EXISTS (SELECT 1 FROM accounts_user u WHERE u.email = address) THEN
        RETURN false;
    END IF;
    UPDATE accounts_user SET email = address WHERE id = wanted[1]::uuid;
    DELETE FROM account_emailaddress WHERE user_id = wanted[1]::uuid;
    INSERT INTO account_emailaddress (user_id, email, verified, "primary")
        VALUES (wanted[1]::uuid, address, true, true);
    RETURN true;
END $$;
CREATE OR REPLACE FUNCTION carespace.end_sessions(person uuid, kept text) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ended integer;
    rows_gone text[];
BEGIN
    IF NOT (coalesce(person = carespace.acting_user(), false) OR coalesce(carespace.may_help(person), false)) THEN
        RETURN 0;
    END IF;
    -- With the sessions goes what lets a device sign in without a code (accounts.trusted_devices): first, as
    -- who shows a code locks their factors before their session.
    UPDATE mfa_authenticator SET data = data - 'trust' WHERE user_id = person AND data->'trust' IS NOT NULL;
    -- The lines first: where a session is just getting a new key this waits, and the next statement sees that key.
    WITH gone AS (
        DELETE FROM accounts_signin WHERE user_id = person AND session_row IS DISTINCT FROM kept
        RETURNING session_row
    ) SELECT array_agg(session_row) INTO rows_gone FROM gone;
    DELETE FROM django_session WHERE session_key = ANY(rows_gone);
    GET DIAGNOSTICS ended = ROW_COUNT;
    -- An address that a calendar reads without signing in would outlive the session in which it was made.
    UPDATE sharing_calendarfeed SET ended_at = statement_timestamp() WHERE user_id = person AND ended_at IS NULL;
    RETURN ended;
END $$;
-- Who leaves a practice's staff is signed out by it where nothing of another practice is open to them.
CREATE OR REPLACE FUNCTION carespace.sign_out_leaver(person uuid) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN carespace.belongs_elsewhere(person) THEN 0
        ELSE carespace.end_sessions(person, '') END $$;
CREATE OR REPLACE FUNCTION carespace.remove_factors(person uuid) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    removed integer;
BEGIN
    -- A practice speaks for its own people only: whoever also belongs to another one keeps what guards that.
    IF NOT coalesce(carespace.may_help(person), false) OR person = carespace.acting_user()
        OR carespace.belongs_elsewhere(person) THEN
        RETURN 0;
    END IF;
    DELETE FROM mfa_authenticator WHERE user_id = person;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;
"""

# Whom a mail about somebody's sign-in tells them to call: asked by the worker, which sees no grants of theirs.
BELONGING = """
CREATE OR REPLACE FUNCTION carespace.practice_of_person(person uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT min(found.practice_id::text)::uuid FROM (
        SELECT g.practice_id FROM access_grant g WHERE g.user_id = person AND g.revoked_at IS NULL
            AND g.starts_at <= statement_timestamp()
            AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp())
        UNION SELECT s.practice_id FROM practices_staffmembership s
            WHERE s.user_id = person AND s.ended_at IS NULL) found
    HAVING count(*) = 1 $$;
"""

# What has ended stays ended, whoever asks: a policy cannot compare a row with what it was.
NO_WAY_BACK = """
CREATE OR REPLACE FUNCTION carespace.refuse_second_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND OLD.state NOT IN ('queued', 'sent') THEN
        RAISE EXCEPTION 'an invitation that has ended stays ended'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION carespace.refuse_longer_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ends_at > OLD.ends_at THEN
        RAISE EXCEPTION 'a visit only becomes shorter' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS invitation_stays_ended ON access_invitation;
CREATE TRIGGER invitation_stays_ended BEFORE UPDATE OF state ON access_invitation
    FOR EACH ROW EXECUTE FUNCTION carespace.refuse_second_life();
DROP TRIGGER IF EXISTS visit_stays_short ON access_staffvisit;
CREATE TRIGGER visit_stays_short BEFORE UPDATE OF ends_at ON access_staffvisit
    FOR EACH ROW EXECUTE FUNCTION carespace.refuse_longer_visit();
"""

ASKED_BY_POLICIES = (
    "carespace.signed_parts(text)",
    "carespace.chart_patient()",
    "carespace.chart_practice()",
    "carespace.acting_user()",
    "carespace.working_practice()",
    "carespace.working_role()",
    "carespace.token_invitation()",
    "carespace.token_patient()",
    "carespace.manages_chart()",
    "carespace.is_staff_of(uuid)",
    "carespace.works_here(uuid)",
)
FOR_WEB = (
    "carespace.find_invitation(bytea)",
    "carespace.newest_link()",
    "carespace.token_owners(uuid)",
    "carespace.people_of(uuid)",
    "carespace.colleagues()",
    "carespace.add_colleague(uuid, text, text, text)",
    "carespace.may_help(uuid)",
    "carespace.change_address()",
    "carespace.end_sessions(uuid, text)",
    "carespace.remove_factors(uuid)",
    "carespace.sign_out_leaver(uuid)",
    "carespace.claim_sign_in(text, date, text)",
)
FOR_WORKER = ("carespace.practice_of_person(uuid)",)
