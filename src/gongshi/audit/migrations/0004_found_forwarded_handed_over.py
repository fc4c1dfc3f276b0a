from django.db import migrations, models

# Words of two letters are the rule in Chinese, and a trigram needs three. So each letter is doubled before it is
# indexed: 公园 becomes 公公园园, of which 公公园 and 公园园 are trigrams. Numbers and accounts have too few different
# letters for that and are found by whole words. All functions are inlined by the planner.
INDEXES = """
CREATE FUNCTION audit_doubled(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(lower(given), '(.)', '\\1\\1', 'g')
$$;
CREATE FUNCTION audit_doubled(given text, further text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(lower(given || ' ' || further), '(.)', '\\1\\1', 'g')
$$;
CREATE INDEX audit_by_letters ON audit_auditevent
    USING gin (audit_doubled(actor_name, actor_account) gin_trgm_ops, audit_doubled(object_label) gin_trgm_ops);
CREATE FUNCTION audit_words(given text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(
        string_to_array(regexp_replace(lower(given), '[^a-z0-9]+', ' ', 'g'), ' '), ''))
$$;
CREATE FUNCTION audit_words(given text, further text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(
        string_to_array(regexp_replace(lower(given || ' ' || further), '[^a-z0-9]+', ' ', 'g'), ' '), ''))
$$;
CREATE INDEX audit_by_words ON audit_auditevent
    USING gin (audit_words(actor_name, actor_account), audit_words(object_label));
CREATE INDEX audit_of_request ON audit_auditevent (request_id);
CREATE INDEX audit_from_address ON audit_auditevent (address, at, id);
CREATE INDEX audit_that_failed ON audit_auditevent (at, id) WHERE NOT succeeded;
"""
NO_INDEXES = """
DROP INDEX audit_that_failed;
DROP INDEX audit_from_address;
DROP INDEX audit_of_request;
DROP INDEX audit_by_words;
DROP INDEX audit_by_letters;
DROP FUNCTION audit_words(text, text);
DROP FUNCTION audit_words(text);
DROP FUNCTION audit_doubled(text, text);
DROP FUNCTION audit_doubled(text);
"""

STATES = [("waiting", "等待处理"), ("running", "处理中"), ("done", "已完成"), ("failed", "未能完成")]


def asked_for():
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("asked_at", models.DateTimeField(verbose_name="提出时间")),
        ("asked_by_id", models.BigIntegerField(verbose_name="提出账号编号")),
        ("asked_by", models.CharField(max_length=64, verbose_name="提出人")),
        ("state", models.CharField(choices=STATES, default="waiting", max_length=8, verbose_name="状态")),
        ("rows", models.BigIntegerField(default=0, verbose_name="已处理条数")),
        ("done_at", models.DateTimeField(null=True, verbose_name="完成时间")),
        ("failure", models.CharField(blank=True, max_length=300, verbose_name="原因")),
    ]


class Migration(migrations.Migration):
    """Events found by words of two letters; what the auditor asks for; how far events are forwarded."""

    dependencies = [("audit", "0003_months_and_seals")]

    operations = [
        migrations.RunSQL(INDEXES, NO_INDEXES),
        migrations.CreateModel(
            name="Verification",
            fields=[
                *asked_for(),
                ("since", models.DateField(null=True, verbose_name="自")),
                ("until", models.DateField(null=True, verbose_name="至")),
                ("is_whole", models.BooleanField(null=True, verbose_name="完好")),
                ("seals", models.BigIntegerField(default=0, verbose_name="封条数")),
                ("findings", models.JSONField(default=list, verbose_name="发现")),
            ],
            options={"verbose_name": "校验", "ordering": ["-id"]},
        ),
        migrations.CreateModel(
            name="Bundle",
            fields=[
                *asked_for(),
                ("from_month", models.CharField(max_length=7, verbose_name="起始月份")),
                ("until_month", models.CharField(max_length=7, verbose_name="截止月份")),
                ("size", models.BigIntegerField(default=0, verbose_name="文件大小")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="文件摘要")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                ("confirmed_by", models.CharField(blank=True, max_length=64, verbose_name="确认人")),
            ],
            options={"verbose_name": "归档文件", "ordering": ["-id"]},
        ),
        migrations.CreateModel(
            name="Forwarding",
            fields=[
                ("outlet", models.CharField(max_length=200, primary_key=True, serialize=False, verbose_name="去处")),
                ("position", models.BigIntegerField(default=0, verbose_name="位置")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="最近送出")),
                ("failure", models.CharField(blank=True, max_length=300, verbose_name="未能送出的原因")),
                ("failing_since", models.DateTimeField(null=True, verbose_name="中断起")),
            ],
            options={"verbose_name": "日志转发", "ordering": ["outlet"]},
        ),
    ]
