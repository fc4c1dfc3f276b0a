import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The register gets partitions by month, so the database can hold no foreign key to it."""

    dependencies = [("viewing", "0001_initial"), ("audit", "0002_append_only")]
    run_before = [("audit", "0003_months_and_seals")]

    operations = [
        migrations.AlterField(
            model_name="playsession",
            name="record",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="audit.accessrecord",
                verbose_name="信息调用登记",
            ),
        ),
    ]
