from django.db import migrations

# Whoever calls it, and whatever the application says: these conditions are the database's own.
DROP = """
CREATE INDEX audit_seals_that_drop ON audit_seal (number) WHERE drops <> '[]';

CREATE FUNCTION audit_drop_month(given_table text, given_month text) RETURNS bigint LANGUAGE plpgsql
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
        AND kept.rows = held AND kept.confirmed_at IS NOT NULL ORDER BY kept.confirmed_at LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no export of month % of % was confirmed', given_month, given_table
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

REVOKE EXECUTE ON FUNCTION audit_drop_month(text, text) FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gongshi_app') THEN
        REVOKE EXECUTE ON FUNCTION audit_drop_month(text, text) FROM gongshi_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gongshi_keeper') THEN
        GRANT EXECUTE ON FUNCTION audit_drop_month(text, text) TO gongshi_keeper;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    """Months of the record are dropped by a role of their own, and only when nothing speaks against it."""

    dependencies = [
        ("audit", "0004_found_forwarded_handed_over"),
        ("kernel", "0003_parameter_bounds"),
    ]

    operations = [
        migrations.RunSQL(
            DROP, "DROP FUNCTION audit_drop_month(text, text); DROP INDEX audit_seals_that_drop;"
        )
    ]
