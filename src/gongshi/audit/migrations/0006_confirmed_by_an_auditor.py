from django.db import migrations, models

# The names of people and roles are looked up when somebody confirms, so the room above may come later.
CONFIRM = """
-- What was confirmed before counts if the record tells that an auditor did it; else it is exported anew.
DROP TRIGGER confirm_only ON audit_recordexport;
UPDATE audit_recordexport AS export SET confirmed_as = 'audit_administrator'
    WHERE confirmed_at IS NOT NULL AND EXISTS (
        SELECT FROM audit_auditevent AS event
        WHERE event.action = 'audit:bundle:confirmed' AND event.succeeded
            AND event.actor_id = export.confirmed_by_id AND event.actor_roles LIKE '%审计管理员%'
            AND event.at BETWEEN export.confirmed_at - interval '5 minutes' AND export.confirmed_at + interval '5 minutes'
            AND event.after::jsonb ->> 'digest' = export.digest);

CREATE FUNCTION audit_new_export() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.confirmed_at IS NOT NULL OR NEW.confirmed_by_id IS NOT NULL OR NEW.confirmed_by <> ''
        OR NEW.confirmed_as <> '' THEN
        RAISE EXCEPTION 'an export is confirmed after it was made' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- An export is confirmed once, now, by an auditor in use, and nothing else of it ever changes.
CREATE OR REPLACE FUNCTION audit_confirm_only() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    confirming text[] := '{confirmed_at,confirmed_by,confirmed_by_id,confirmed_as}';
BEGIN
    IF OLD.confirmed_at IS NOT NULL OR NEW.confirmed_at IS NULL
        OR (to_jsonb(OLD) - confirming) <> (to_jsonb(NEW) - confirming) THEN
        RAISE EXCEPTION 'an export is confirmed once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF abs(extract(epoch FROM clock_timestamp() - NEW.confirmed_at)) > 300 THEN
        RAISE EXCEPTION 'an export is confirmed now, not at %', NEW.confirmed_at
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT FROM identity_person AS person
        JOIN identity_roleassignment AS held ON held.person_id = person.id AND held.role = 'audit_administrator'
        WHERE person.id = NEW.confirmed_by_id AND person.name = NEW.confirmed_by AND person.is_active) THEN
        RAISE EXCEPTION 'an export is confirmed by an auditor' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.confirmed_as := 'audit_administrator';
    RETURN NEW;
END $$;

CREATE TRIGGER new_export BEFORE INSERT ON audit_recordexport
    FOR EACH ROW EXECUTE FUNCTION audit_new_export();
CREATE TRIGGER confirm_only BEFORE UPDATE ON audit_recordexport
    FOR EACH ROW EXECUTE FUNCTION audit_confirm_only();
"""

# As in 0005, but for `confirmed_as`.
DROP = """
CREATE OR REPLACE FUNCTION audit_drop_month(given_table text, given_month text) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    child text := given_table || '_' || replace(given_month, '-', '_');
    least integer := CASE given_table WHEN 'audit_auditevent' THEN 6 ELSE 36 END;
    chosen text := CASE given_table WHEN 'audit_auditevent' THEN 'audit.event_months' ELSE 'audit.register_months' END;
    kept_until timestamptz;
    held bigint;
    last bigint;
    export audit_recordexport;
BEGIN
    IF given_table NOT IN ('audit_auditevent', 'audit_accessrecord', 'audit_accessoutcome')
        OR given_month !~ '^[0-9]{4}-[0-9]{2}$' OR to_regclass(child) IS NULL THEN
        RAISE EXCEPTION 'there is no month % of %', given_month, given_table USING ERRCODE = 'check_violation';
    END IF;
    least := greatest(least, (SELECT value FROM kernel_parametervalue WHERE key = chosen));
    kept_until := ((given_month || '-01')::timestamp + (1 + least) * interval '1 month') AT TIME ZONE 'Asia/Shanghai';
    IF now() < kept_until THEN
        RAISE EXCEPTION 'month % of % is kept until %', given_month, given_table, kept_until
            USING ERRCODE = 'check_violation';
    END IF;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', given_table);
    EXECUTE format('SELECT count(*), coalesce(max(position), 0) FROM %I', child) INTO held, last;
    IF held > 0 AND last >= (SELECT coalesce(max(to_position), 0) FROM audit_seal) THEN
        RAISE EXCEPTION 'month % of % is not wholly sealed', given_month, given_table USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO export FROM audit_recordexport AS kept WHERE kept."table" = given_table AND kept.month = given_month
        AND kept.rows = held AND kept.confirmed_at IS NOT NULL AND kept.confirmed_as = 'audit_administrator'
        ORDER BY kept.confirmed_at LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no export of month % of % was confirmed by an auditor', given_month, given_table
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM audit_seal WHERE drops <> '[]' AND drops::jsonb @> jsonb_build_array(
        jsonb_build_array(given_table, given_month, held, export.digest))) THEN
        RAISE EXCEPTION 'no seal tells that month % of % is dropped', given_month, given_table
            USING ERRCODE = 'check_violation';
    END IF;
    EXECUTE format('DROP TABLE %I', child);
    RETURN held;
END $$;
"""


class Migration(migrations.Migration):
    """The portal's role cannot have an export confirmed without an auditor in use, now; the database says as whom."""

    dependencies = [("audit", "0005_drop_by_the_keeper")]

    operations = [
        migrations.AddField(
            "recordexport",
            "confirmed_as",
            models.CharField(blank=True, editable=False, max_length=32, verbose_name="确认时的角色"),
        ),
        migrations.RunSQL(CONFIRM),
        migrations.RunSQL(DROP),
    ]
