import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Cast

import gongshi.audit.fields
import gongshi.audit.models

# Everything here is frozen: the tables as they are from this migration on, whatever the models become.
# For each table: the column of its months, its columns, its indexes.
EVENTS = (
    "audit_auditevent",
    "at",
    """
    actor_id bigint, actor_account varchar(64) NOT NULL, actor_name varchar(64) NOT NULL,
    actor_department varchar(128) NOT NULL, actor_roles varchar(200) NOT NULL, action varchar(64) NOT NULL,
    object_type varchar(64) NOT NULL, object_id varchar(64) NOT NULL, object_label varchar(300) NOT NULL,
    succeeded boolean NOT NULL, reason text NOT NULL, before text, after text, address inet,
    user_agent varchar(300) NOT NULL, request_id varchar(32) NOT NULL
    """,
    {
        "audit_of_object": "object_type, object_id",
        "audit_by_time": "at, id",
        "audit_by_action": "action, at, id",
        "audit_by_position": "position, id",
    },
)
REGISTER = (
    "audit_accessrecord",
    "opened_at",
    """
    kind varchar(16) NOT NULL, reason varchar(300) NOT NULL, camera_code varchar(32) NOT NULL,
    camera_name varchar(128) NOT NULL, source_department varchar(128) NOT NULL, source_department_id bigint,
    range_from timestamptz, range_to timestamptz, person_id bigint NOT NULL,
    person_account varchar(64) NOT NULL, person_name varchar(64) NOT NULL, department_id bigint NOT NULL,
    department_name varchar(128) NOT NULL, grant_number varchar(32) NOT NULL, basis varchar(64) NOT NULL,
    address inet
    """,
    {
        "register_of_camera": "camera_code",
        "register_by_time": "opened_at, id",
        "register_by_source": "source_department_id, opened_at",
        "register_by_department": "department_id, opened_at",
        "register_by_position": "position, id",
    },
)
OUTCOMES = (
    "audit_accessoutcome",
    "ended_at",
    "record_id bigint NOT NULL, started_at timestamptz, bytes bigint NOT NULL, ending varchar(64) NOT NULL",
    {"outcome_of_record": "record_id", "outcome_by_position": "position, id"},
)
RECORD = (EVENTS, REGISTER, OUTCOMES)

# What is hashed of a row, column by column (`audit.encoding`, version 1), and how it is read from the old table.
TIME = "(extract(epoch FROM {}) * 1000000)::bigint::text"
NUMBER, TEXT, ADDRESS = "({})::text", "{}", "encode(inet_send({}), 'hex')"
HASHED = {
    "audit_auditevent": {
        **{"at": TIME, "actor_id": NUMBER},
        **dict.fromkeys(("actor_account", "actor_name", "actor_department", "actor_roles", "action"), TEXT),
        **{"object_type": TEXT, "object_id": TEXT, "object_label": TEXT, "succeeded": NUMBER, "reason": TEXT},
        **{"before": NUMBER, "after": NUMBER, "address": ADDRESS, "user_agent": TEXT, "request_id": TEXT},
    },
    "audit_accessrecord": {
        **{"opened_at": TIME, "kind": TEXT, "reason": TEXT, "camera_code": TEXT, "camera_name": TEXT},
        **{"source_department": TEXT, "source_department_id": "NULL::text"},
        **{"range_from": TIME, "range_to": TIME, "person_id": NUMBER, "person_account": TEXT},
        **{"person_name": TEXT, "department_id": NUMBER, "department_name": TEXT, "grant_number": TEXT},
        **{"basis": TEXT, "address": ADDRESS},
    },
    "audit_accessoutcome": {
        **{"record_id": NUMBER, "started_at": TIME, "ended_at": TIME, "bytes": NUMBER, "ending": TEXT},
    },
}
KEPT_AS = {"before": "before::text", "after": "after::text", "source_department_id": "NULL::bigint"}

REFUSE_TRUNCATE = """
CREATE OR REPLACE FUNCTION audit_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of % is never emptied', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""
FUNCTIONS = """
CREATE FUNCTION audit_encoded(piece text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(int4send(octet_length(convert_to(piece, 'UTF8'))) || convert_to(piece, 'UTF8'), '\\xffffffff'::bytea)
$$;

-- One month of one table. A month whose first rows fell into the rest (a clock was wrong) stays there.
CREATE FUNCTION audit_make_month(parent text, month date) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    child text := parent || to_char(month, '_YYYY_MM');
    moment text := CASE parent WHEN 'audit_auditevent' THEN 'at' WHEN 'audit_accessrecord' THEN 'opened_at'
        WHEN 'audit_accessoutcome' THEN 'ended_at' END;
    opens text := to_char(month, 'YYYY-MM-01 00:00:00+08');
    closes text := to_char(month + interval '1 month', 'YYYY-MM-01 00:00:00+08');
    strays boolean;
BEGIN
    IF to_regclass(child) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I >= %L AND %I < %L)', parent || '_rest', moment, opens, moment, closes)
        INTO strays;
    IF strays THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent, opens, closes);
    PERFORM audit_guard(child);
END $$;

-- Rights and the trigger that a partition does not inherit.
CREATE FUNCTION audit_guard(child text) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION audit_refuse_truncate()', child);
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gongshi_app') THEN
        EXECUTE format('REVOKE ALL ON %I FROM gongshi_app', child);
    END IF;
END $$;

-- The months in use: this one and two ahead.
CREATE FUNCTION audit_make_months() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent text;
    month date := date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai');
BEGIN
    FOREACH parent IN ARRAY ARRAY['audit_auditevent', 'audit_accessrecord', 'audit_accessoutcome'] LOOP
        FOR ahead IN 0..2 LOOP
            PERFORM audit_make_month(parent, (month + ahead * interval '1 month')::date);
        END LOOP;
    END LOOP;
END $$;

-- Positions are transaction numbers on a base. A restored dump lives in a server that counts from the start
-- again: there a new era begins, whose base lies above every position so far. Returns the base in force.
CREATE TABLE audit_era (base bigint PRIMARY KEY, cluster text NOT NULL, begun_at timestamptz NOT NULL DEFAULT now());
CREATE FUNCTION audit_begin_era() RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here text := (SELECT system_identifier::text FROM pg_control_system());
    known audit_era;
    parent text;
BEGIN
    SELECT * INTO known FROM audit_era ORDER BY base DESC LIMIT 1;
    IF known.cluster = here THEN RETURN known.base; END IF;
    LOCK TABLE audit_era IN EXCLUSIVE MODE;
    SELECT * INTO known FROM audit_era ORDER BY base DESC LIMIT 1;
    IF known.cluster = here THEN RETURN known.base; END IF;
    INSERT INTO audit_era (base, cluster) SELECT greatest(
        (SELECT coalesce(max(position), 0) FROM audit_auditevent),
        (SELECT coalesce(max(position), 0) FROM audit_accessrecord),
        (SELECT coalesce(max(position), 0) FROM audit_accessoutcome),
        (SELECT coalesce(max(to_position), 0) FROM audit_seal)), here RETURNING * INTO known;
    FOREACH parent IN ARRAY ARRAY['audit_auditevent', 'audit_accessrecord', 'audit_accessoutcome'] LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN position SET DEFAULT %s + pg_current_xact_id()::text::bigint',
            parent, known.base);
    END LOOP;
    RETURN known.base;
END $$;

-- All that this transaction and later ones will add lies at or after this position.
CREATE FUNCTION audit_settled_position() RETURNS bigint LANGUAGE sql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT audit_begin_era() + pg_snapshot_xmin(pg_current_snapshot())::text::bigint
$$;

-- An export is confirmed once, and nothing else of it ever changes.
CREATE FUNCTION audit_confirm_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL OR NEW.confirmed_at IS NULL
        OR (to_jsonb(OLD) - '{confirmed_at,confirmed_by,confirmed_by_id}'::text[])
        <> (to_jsonb(NEW) - '{confirmed_at,confirmed_by,confirmed_by_id}'::text[]) THEN
        RAISE EXCEPTION 'an export is confirmed once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
"""


def rebuilt(table, moment, columns, indexes):
    """The table partitioned by month, with all its rows, each hashed anew; nothing was sealed before."""
    names = [*HASHED[table]]
    reading = ", ".join(KEPT_AS.get(name, f'"{name}"') for name in names)
    texts = [f"'1'", f"'{table}'", *(form.format(f'"{name}"') for name, form in HASHED[table].items())]
    hashed = "'1-sha256-' || encode(sha256(" + " || ".join(f"audit_encoded({text})" for text in texts) + "), 'hex')"
    writing = ", ".join(f'"{name}"' for name in names)
    yield f"ALTER TABLE {table} RENAME TO {table}_old"
    yield f"ALTER SEQUENCE {table}_id_seq RENAME TO {table}_old_id_seq"
    yield (
        f"CREATE TABLE {table} (id bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY, {moment} timestamptz NOT NULL, "
        f"position bigint NOT NULL DEFAULT 0 + pg_current_xact_id()::text::bigint, entry_hash varchar(80) NOT NULL, "
        f"{columns}) PARTITION BY RANGE ({moment})"
    )
    yield f"CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT"
    yield (
        f"SELECT audit_make_month('{table}', month::date) FROM (SELECT DISTINCT date_trunc('month', {moment} AT TIME "
        f"ZONE 'Asia/Shanghai') AS month FROM {table}_old) AS months"
    )
    yield f"INSERT INTO {table} (id, entry_hash, {writing}) SELECT id, {hashed}, {reading} FROM {table}_old ORDER BY id"
    yield f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
    yield f"DROP TABLE {table}_old"


def keyed(table, moment, columns, indexes):
    """After the old tables are gone, so that the names of their keys are free again."""
    yield f"ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY (id, {moment})"
    for name, over in indexes.items():
        yield f"CREATE INDEX {name} ON {table} ({over})"
    yield (
        f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()"
    )
    yield f"SELECT audit_guard('{table}_rest')"
    yield from insert_only(table)


def insert_only(table):
    yield (
        f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION audit_refuse_truncate()"
    )
    yield (
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gongshi_app') THEN "
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM gongshi_app; END IF; END $$"
    )


def build(apps, editor):
    with editor.connection.cursor() as cursor:
        # The constraints that wait for the end of the transaction would hold the old tables.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(REFUSE_TRUNCATE)
        cursor.execute(FUNCTIONS)
        for table in reversed(RECORD):
            for statement in rebuilt(*table):
                cursor.execute(statement)
        for table in RECORD:
            for statement in keyed(*table):
                cursor.execute(statement)
        cursor.execute("SELECT audit_make_months()")


def guard(apps, editor):
    with editor.connection.cursor() as cursor:
        for table in ("audit_seal", "audit_dailyseal", "audit_era"):
            cursor.execute(
                f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()"
            )
            for statement in insert_only(table):
                cursor.execute(statement)
        cursor.execute(
            """
            CREATE TRIGGER confirm_only BEFORE UPDATE ON audit_recordexport
                FOR EACH ROW EXECUTE FUNCTION audit_confirm_only();
            CREATE TRIGGER refuse_change BEFORE DELETE ON audit_recordexport
                FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
            CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_recordexport
                EXECUTE FUNCTION audit_refuse_truncate();
            DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gongshi_app') THEN
                REVOKE DELETE, TRUNCATE ON audit_recordexport FROM gongshi_app;
                REVOKE INSERT ON audit_era FROM gongshi_app;
                REVOKE EXECUTE ON FUNCTION audit_make_month(text, date) FROM gongshi_app;
            END IF; END $$;
            REVOKE EXECUTE ON FUNCTION audit_make_month(text, date) FROM PUBLIC;
            SELECT audit_begin_era();
            """
        )


POSITION = models.BigIntegerField(
    db_default=Cast(
        Cast(gongshi.audit.models.TransactionNumber(), models.TextField()), models.BigIntegerField()
    ),
    editable=False,
    verbose_name="位置",
)
ENTRY_HASH = gongshi.audit.fields.EntryHashField(editable=False, max_length=80, verbose_name="摘要")
KEPT = gongshi.audit.fields.KeptJSONField


def index(*names, name):
    return models.Index(fields=[*names], name=name)


STATE = [
    *(
        operation
        for model in ("auditevent", "accessrecord", "accessoutcome")
        for operation in (
            migrations.AddField(model, "position", POSITION),
            (migrations.AlterField if model == "auditevent" else migrations.AddField)(model, "entry_hash", ENTRY_HASH),
        )
    ),
    migrations.AlterField("auditevent", "at", models.DateTimeField("时间")),
    migrations.AlterField(
        "auditevent", "action", models.CharField("操作", choices=gongshi.audit.kinds.recorded_actions, max_length=64)
    ),
    migrations.AlterField("auditevent", "before", KEPT("变更前", null=True)),
    migrations.AlterField("auditevent", "after", KEPT("变更后", null=True)),
    migrations.AddIndex("auditevent", index("at", "id", name="audit_by_time")),
    migrations.AddIndex("auditevent", index("action", "at", "id", name="audit_by_action")),
    migrations.AddIndex("auditevent", index("position", "id", name="audit_by_position")),
    migrations.AlterField("accessrecord", "opened_at", models.DateTimeField("登记时间")),
    migrations.AlterField("accessrecord", "camera_code", models.CharField("视频编号", max_length=32)),
    migrations.AddField("accessrecord", "source_department_id", models.BigIntegerField("数源部门编号", null=True)),
    migrations.AddIndex("accessrecord", index("camera_code", name="register_of_camera")),
    migrations.AddIndex("accessrecord", index("opened_at", "id", name="register_by_time")),
    migrations.AddIndex("accessrecord", index("source_department_id", "opened_at", name="register_by_source")),
    migrations.AddIndex("accessrecord", index("department_id", "opened_at", name="register_by_department")),
    migrations.AddIndex("accessrecord", index("position", "id", name="register_by_position")),
    migrations.AlterField(
        "accessoutcome",
        "record",
        models.OneToOneField(
            db_constraint=False,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="outcome",
            to="audit.accessrecord",
        ),
    ),
    migrations.AddIndex("accessoutcome", index("position", "id", name="outcome_by_position")),
]


class Migration(migrations.Migration):
    """The record in months, each row hashed and with its position; seals, exports, and what guards them."""

    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="封条号")),
                ("algorithm", models.CharField(max_length=16, verbose_name="算法")),
                ("previous", models.CharField(blank=True, max_length=64, verbose_name="前一封条摘要")),
                ("from_position", models.BigIntegerField(unique=True, verbose_name="起")),
                ("to_position", models.BigIntegerField(verbose_name="止（不含）")),
                ("parts_kept", KEPT(db_column="parts", verbose_name="封存内容")),
                ("drops_kept", KEPT(db_column="drops", verbose_name="到期删除")),
                ("outline", models.BinaryField(verbose_name="轮廓")),
                ("rows", models.BigIntegerField(verbose_name="条数")),
                ("sealed_at", models.DateTimeField(db_index=True, verbose_name="封存时间")),
                ("key_id", models.CharField(max_length=16, verbose_name="签名密钥")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("signature", models.CharField(max_length=128, verbose_name="签名")),
            ],
            options={"verbose_name": "封条", "ordering": ["-number"]},
        ),
        migrations.CreateModel(
            name="DailySeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("outlet", models.CharField(max_length=200, verbose_name="去处")),
                ("seal_number", models.BigIntegerField(verbose_name="封条号")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("sent_at", models.DateTimeField(verbose_name="送出时间")),
            ],
            options={
                "verbose_name": "每日封条",
                "ordering": ["-day", "outlet"],
                "constraints": [models.UniqueConstraint(fields=["day", "outlet"], name="one_daily_seal_an_outlet")],
            },
        ),
        migrations.CreateModel(
            name="RecordExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "table",
                    models.CharField(
                        choices=[
                            ("audit_auditevent", "审计日志"),
                            ("audit_accessrecord", "信息调用登记"),
                            ("audit_accessoutcome", "信息调用结果"),
                        ],
                        max_length=32,
                        verbose_name="内容",
                    ),
                ),
                ("month", models.CharField(max_length=7, verbose_name="月份")),
                ("rows", models.BigIntegerField(verbose_name="条数")),
                ("digest", models.CharField(max_length=64, verbose_name="文件摘要")),
                ("made_at", models.DateTimeField(verbose_name="导出时间")),
                ("made_by_id", models.BigIntegerField(verbose_name="导出账号编号")),
                ("made_by", models.CharField(max_length=64, verbose_name="导出人")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                ("confirmed_by_id", models.BigIntegerField(null=True, verbose_name="确认账号编号")),
                ("confirmed_by", models.CharField(blank=True, max_length=64, verbose_name="确认人")),
            ],
            options={"verbose_name": "审计导出", "ordering": ["-id"]},
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(build)], state_operations=STATE
        ),
        migrations.RunPython(guard),
    ]
