from django.db import migrations

TABLES = ("credentials_undertakingversion", "credentials_undertakingacceptance")

# The application's role, by the name that the embedded server gives it; elsewhere the trigger alone refuses.
REVOKE = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gongshi_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM gongshi_app;
    END IF;
END $$;
"""


def on_table(table):
    return migrations.RunSQL(
        f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();" + REVOKE.format(table=table),
        f"DROP TRIGGER refuse_change ON {table};",
    )


class Migration(migrations.Migration):
    """Wordings and who accepted them can be added and read, and nothing else."""

    dependencies = [("credentials", "0001_passwords_locks_undertakings"), ("audit", "0002_append_only")]

    operations = [on_table(table) for table in TABLES]
