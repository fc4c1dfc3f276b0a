from django.db import migrations

# A frequent name and a frequent action, or a failure, may meet nowhere: the index finds out without the rows.
WORDS = "audit_words(actor_name, actor_account), audit_words(object_label)"
LETTERS = (
    "audit_doubled(actor_name, actor_account) gin_trgm_ops, audit_doubled(object_label) gin_trgm_ops"
)


def index_over(further):
    return f"""
    DROP INDEX audit_by_letters;
    DROP INDEX audit_by_words;
    CREATE INDEX audit_by_letters ON audit_auditevent USING gin ({LETTERS}{further});
    CREATE INDEX audit_by_words ON audit_auditevent USING gin ({WORDS}{further});
    """


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_confirmed_by_an_auditor")]

    operations = [migrations.RunSQL(index_over(", action, succeeded"), index_over(""))]
