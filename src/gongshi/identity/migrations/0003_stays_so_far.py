from typing import Any

from django.db import migrations
from django.db.models import F


def write_down_where_people_are(apps: Any, _: Any) -> None:
    """Whoever was there before stays were kept has been in his department since his account was made."""
    person, stay = apps.get_model("identity", "Person"), apps.get_model("identity", "DepartmentStay")
    people = person.objects.filter(stays=None)
    stay.objects.bulk_create(
        stay(person_id=pk, department_id=department, since=since)
        for pk, department, since in people.values_list("pk", "department_id", "created_at")
    )
    person.objects.update(active_since=F("created_at"))


class Migration(migrations.Migration):
    """The history of departments begins with what is known."""

    dependencies = [("identity", "0002_history_proposals_reviews")]

    operations = [migrations.RunPython(write_down_where_people_are, migrations.RunPython.noop)]
