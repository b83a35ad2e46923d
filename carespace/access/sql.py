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
CREATE OR REPLACE FUNCTION carespace.token_patient() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT patient_id FROM access_invitation WHERE id = carespace.token_invitation() $$;
CREATE OR REPLACE FUNCTION carespace.manages_chart() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT EXISTS (SELECT 1 FROM access_grant
        WHERE user_id = (carespace.signed_parts('carespace.chart'))[3]::uuid
        AND patient_id = carespace.chart_patient() AND practice_id = carespace.chart_practice()
        AND kind IN ('self', 'representative') AND revoked_at IS NULL
        AND starts_at <= statement_timestamp()
        AND (ends_at IS NULL OR ends_at > statement_timestamp())) $$;
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
)
