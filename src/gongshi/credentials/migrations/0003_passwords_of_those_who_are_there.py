from django.db import migrations


def note_passwords(apps, schema_editor):
    """Accounts from before keep their password as their own, as old as the account."""
    Person = apps.get_model("identity", "Person")
    PasswordSetting = apps.get_model("credentials", "PasswordSetting")
    PasswordSetting.objects.bulk_create(
        PasswordSetting(person=person, encoded=person.password, set_at=person.created_at, by_owner=True)
        for person in Person.objects.only("password", "created_at")
    )


class Migration(migrations.Migration):
    dependencies = [("credentials", "0002_undertakings_are_only_added")]

    operations = [migrations.RunPython(note_passwords, migrations.RunPython.noop)]
