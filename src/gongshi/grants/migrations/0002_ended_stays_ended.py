from django.db import migrations

REFUSE = """
CREATE FUNCTION grants_refuse_revival() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'grant % has ended and stays ended', OLD.number USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER refuse_revival BEFORE UPDATE ON grants_grant FOR EACH ROW
    WHEN (OLD.state IN ('expired', 'revoked', 'discarded') AND NEW.state <> OLD.state)
    EXECUTE FUNCTION grants_refuse_revival();
"""
ALLOW = """
DROP TRIGGER refuse_revival ON grants_grant;
DROP FUNCTION grants_refuse_revival();
"""


class Migration(migrations.Migration):
    """Nothing revives an ended grant, whoever writes to the table."""

    dependencies = [("grants", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
