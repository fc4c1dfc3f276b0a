from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_words_with_action_and_outcome")]

    operations = [
        migrations.AlterField(
            model_name="accessrecord",
            name="kind",
            field=models.CharField(
                choices=[
                    ("live", "实时查看"),
                    ("history", "历史查看"),
                    ("test", "实施测试"),
                    ("thumbnail", "检测缩略图"),
                ],
                max_length=16,
                verbose_name="方式",
            ),
        )
    ]
