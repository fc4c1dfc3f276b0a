from django.db import migrations

KEPT = ("identity_person", "identity_department", "identity_departmentstay", "identity_earliername")

REFUSE = """
CREATE FUNCTION identity_refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
""" + "".join(
    f"CREATE TRIGGER refuse_deletion BEFORE DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION identity_refuse_deletion();\n"
    for table in KEPT
)
ALLOW = (
    "".join(f"DROP TRIGGER refuse_deletion ON {table};\n" for table in KEPT)
    + "DROP FUNCTION identity_refuse_deletion();"
)


class Migration(migrations.Migration):
    """People, departments and their history are never deleted, whoever writes to the tables."""

    dependencies = [("identity", "0003_stays_so_far")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
