from django.db import migrations, models

GUARD = """
CREATE FUNCTION kernel_guard_parameter() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bounds kernel_parameterbounds;
    least integer;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'parameter % is set back, never removed', OLD.key USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO bounds FROM kernel_parameterbounds WHERE key = NEW.key;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no parameter %', NEW.key USING ERRCODE = 'check_violation';
    END IF;
    least := bounds.lowest;
    IF bounds.only_upward THEN
        least := greatest(least, bounds.default);
        IF TG_OP = 'UPDATE' THEN
            least := greatest(least, OLD.value);
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.key <> OLD.key OR NEW.value NOT BETWEEN least AND bounds.highest THEN
        RAISE EXCEPTION 'parameter % may be % to %', NEW.key, least, bounds.highest
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_parameter BEFORE INSERT OR UPDATE OR DELETE ON kernel_parametervalue
    FOR EACH ROW EXECUTE FUNCTION kernel_guard_parameter();
"""
UNGUARD = """
DROP TRIGGER guard_parameter ON kernel_parametervalue;
DROP FUNCTION kernel_guard_parameter();
"""
# The application's role, by the name that the embedded server gives it; it must not move its own bounds.
REVOKE = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gongshi_app') THEN
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON kernel_parameterbounds FROM gongshi_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    """The database itself refuses a parameter out of its bounds, and a legal term made shorter."""

    dependencies = [("kernel", "0002_parameter_value")]

    operations = [
        migrations.CreateModel(
            name="ParameterBounds",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("default", models.IntegerField()),
                ("lowest", models.IntegerField()),
                ("highest", models.IntegerField()),
                ("only_upward", models.BooleanField()),
            ],
        ),
        migrations.RunSQL(REVOKE, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
