"""SQL of the audit room: the hidden columns, the refusing trigger, the sealing function, the epochs.

Transaction numbers grow for the life of one server. A dump restored on another server goes on with lower ones, so a new
epoch begins there: events are ordered by (epoch, transaction_id, sequence).
"""

from carespace.audit.seal import DIGEST

HIDDEN_COLUMNS = """
ALTER TABLE audit_auditevent
    ADD COLUMN sequence bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX audit_in_order ON audit_auditevent (transaction_id, sequence);
"""

# The column's default is the running epoch, so that writing an event reads no other table.
EPOCH = """
CREATE SCHEMA IF NOT EXISTS carespace;
CREATE TABLE carespace.audit_epoch (
    id integer PRIMARY KEY CHECK (id = 1), epoch bigint NOT NULL, system_identifier bigint
);
REVOKE ALL ON carespace.audit_epoch FROM PUBLIC;
INSERT INTO carespace.audit_epoch VALUES (1, 0, NULL);
ALTER TABLE audit_auditevent ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
DROP INDEX audit_in_order;
CREATE INDEX audit_in_order ON audit_auditevent (epoch, transaction_id, sequence);
"""
NO_EPOCH = """
DROP INDEX audit_in_order;
ALTER TABLE audit_auditevent DROP COLUMN epoch;
CREATE INDEX audit_in_order ON audit_auditevent (transaction_id, sequence);
DROP TABLE carespace.audit_epoch;
"""

# One change is let through, to the owner: an event that no seal holds yet moves to a later epoch.
REFUSE_CHANGES = """
CREATE OR REPLACE FUNCTION carespace.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_auditevent' THEN
        IF to_jsonb(NEW) - 'epoch' = to_jsonb(OLD) - 'epoch' AND NEW.epoch > OLD.epoch
           AND NOT EXISTS (SELECT 1 FROM public.audit_auditseal s WHERE s.event_id = OLD.id) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit events are never changed or removed';
END $$;
DROP TRIGGER IF EXISTS audit_event_stays ON audit_auditevent;
CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION carespace.refuse_audit_change();
DROP TRIGGER IF EXISTS audit_events_stay ON audit_auditevent;
CREATE TRIGGER audit_events_stay BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION carespace.refuse_audit_change();
DROP TRIGGER IF EXISTS audit_seal_stays ON audit_auditseal;
CREATE TRIGGER audit_seal_stays BEFORE UPDATE OR DELETE ON audit_auditseal
    FOR EACH ROW EXECUTE FUNCTION carespace.refuse_audit_change();
"""

# The worker may chain and learn the chain's head, and read no event.
# xid8 grows for the life of a cluster; an event whose transaction lies below every running one
# has either committed or vanished; so has every event of an earlier epoch. One advisory lock keeps two sealers apart.
CHAIN = f"""
CREATE OR REPLACE FUNCTION carespace.seal_audit(at_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
    running bigint;
    last_position bigint;
    last_chain bytea;
    last_event uuid;
    item record;
    done integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('carespace.seal_audit'));
    SELECT epoch INTO STRICT running FROM carespace.audit_epoch;
    SELECT position, chain, event_id INTO last_position, last_chain, last_event FROM audit_auditseal ORDER BY position DESC LIMIT 1;
    last_position := coalesce(last_position, 0);
    last_chain := coalesce(last_chain, decode(repeat('00', 32), 'hex'));
    FOR item IN
        SELECT e.id, {DIGEST} AS digest
        FROM audit_auditevent e
        WHERE (e.epoch < running OR (e.epoch = running AND e.transaction_id < horizon))
          AND (last_event IS NULL OR (e.epoch, e.transaction_id, e.sequence) >
               (SELECT l.epoch, l.transaction_id, l.sequence FROM audit_auditevent l WHERE l.id = last_event))
        ORDER BY e.epoch, e.transaction_id, e.sequence LIMIT at_most
    LOOP
        last_position := last_position + 1;
        last_chain := sha256(last_chain || item.digest);
        INSERT INTO audit_auditseal (position, event_id, chain, sealed_at)
            VALUES (last_position, item.id, last_chain, clock_timestamp());
        done := done + 1;
    END LOOP;
    RETURN done;
END $$;
CREATE OR REPLACE FUNCTION carespace.audit_head() RETURNS TABLE (sealed bigint, chain_value bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT position, chain FROM audit_auditseal ORDER BY position DESC LIMIT 1 $$;
"""  # noqa: S608  constants only

# Signs that this is another server: its own number differs (where we may ask for it), or an event bears a
# transaction number that this server has not reached. Events written here before anybody noticed may lie before
# the last sealed one; they move to the new epoch.
RESUME = """
CREATE OR REPLACE FUNCTION carespace.resume_audit(at_any_rate boolean) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    known record;
    here bigint;
    moved boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('carespace.seal_audit'));
    SELECT epoch, system_identifier INTO STRICT known FROM carespace.audit_epoch FOR UPDATE;
    BEGIN
        SELECT system_identifier INTO here FROM pg_control_system();
    EXCEPTION WHEN insufficient_privilege OR undefined_function THEN
        here := NULL;
    END;
    SELECT at_any_rate OR coalesce(known.system_identifier <> here, false) OR EXISTS (
        SELECT 1 FROM audit_auditevent e WHERE e.epoch = known.epoch
           AND e.transaction_id >= pg_snapshot_xmax(pg_current_snapshot())
           AND e.transaction_id IS DISTINCT FROM pg_current_xact_id_if_assigned()
    ) INTO moved;
    IF NOT moved THEN
        UPDATE carespace.audit_epoch SET system_identifier = here
            WHERE here IS NOT NULL AND system_identifier IS DISTINCT FROM here;
        RETURN NULL;
    END IF;
    EXECUTE format('ALTER TABLE audit_auditevent ALTER COLUMN epoch SET DEFAULT %s', known.epoch + 1);
    UPDATE carespace.audit_epoch SET epoch = known.epoch + 1, system_identifier = here;
    UPDATE audit_auditevent e SET epoch = known.epoch + 1
        WHERE NOT EXISTS (SELECT 1 FROM audit_auditseal s WHERE s.event_id = e.id)
          AND (e.epoch, e.transaction_id, e.sequence) < (
              SELECT l.epoch, l.transaction_id, l.sequence FROM audit_auditseal s
              JOIN audit_auditevent l ON l.id = s.event_id ORDER BY s.position DESC LIMIT 1);
    RETURN known.epoch + 1;
END $$;
"""

SEAL = CHAIN + RESUME
