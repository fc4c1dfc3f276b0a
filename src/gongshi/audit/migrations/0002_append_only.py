from django.db import migrations

TABLES = ("audit_auditevent", "audit_accessrecord", "audit_accessoutcome")

REFUSE = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of % is never changed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""
# The application's role, by the name that the embedded server gives it; elsewhere the trigger alone refuses.
REVOKE = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gongshi_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM gongshi_app;
    END IF;
END $$;
"""


def on_table(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();" + REVOKE.format(table=table),
        f"DROP TRIGGER refuse_change ON {table};",
    )


class Migration(migrations.Migration):
    """Rows of the record can be added and read, and nothing else."""

    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION audit_refuse_change();"),
        *(on_table(table) for table in TABLES),
    ]
