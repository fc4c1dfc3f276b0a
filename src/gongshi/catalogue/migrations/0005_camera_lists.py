from django.db import migrations, models

# Each letter and each two that are neighbours: Chinese words have two, and a trigram needs three.
# 公园东 with every letter twice, but the first once, is 公园园东东: cut in twos 公园, 园东 and a last letter.
# What it costs is told, so that the planner reckons it for few rows only and asks the index for many.
WORDS = """
CREATE FUNCTION catalogue_pieces(given text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 200 AS $$
    SELECT string_to_array(lower(given), NULL) || string_to_array(
        regexp_replace(
            substr(regexp_replace(lower(given), '(.)', '\\1\\1', 'g'), 2), '(..)', '\\1' || chr(1), 'g'
        ),
        chr(1)
    )
$$;
CREATE INDEX camera_name_pieces ON catalogue_camera USING gin (catalogue_pieces(name));
CREATE INDEX camera_address_pieces ON catalogue_camera USING gin (catalogue_pieces(address));
CREATE INDEX camera_code_parts ON catalogue_camera USING gin (code gin_trgm_ops);
"""
NO_WORDS = """
DROP INDEX camera_code_parts;
DROP INDEX camera_address_pieces;
DROP INDEX camera_name_pieces;
DROP FUNCTION catalogue_pieces(text);
"""

# What the list is filtered and sorted by; with the code, which makes of each an order without equals.
LISTED_BY = (
    "name",
    "device_type",
    "point_class",
    "region",
    "owner",
    "source_department",
    "sharing_level",
    "opening_level",
    "security_level",
    "status",
    "transmission",
    "published_at",
    "completeness",
    "validity",
)
SCORES = {"completeness": "完整性", "validity": "合规性"}
REPLACED = (
    "camera_source",
    "camera_owner",
    "camera_name_trigrams",
    "camera_address_trigrams",
    "camera_name",
)


class Migration(migrations.Migration):
    """Every filter and every sort of the list by an index; how complete each archive is."""

    dependencies = [("catalogue", "0004_point_life"), ("audit", "0004_found_forwarded_handed_over")]

    operations = [
        *(
            migrations.AddField(
                "camera", name, models.PositiveSmallIntegerField(verbose_name=label, null=True, blank=True)
            )
            for name, label in SCORES.items()
        ),
        *(migrations.RemoveIndex("camera", name) for name in REPLACED),
        *(
            migrations.AddIndex(
                "camera",
                models.Index(
                    fields=[field, "code"],
                    condition=models.Q(publication="published"),
                    name=f"camera_by_{field}"[:30],
                ),
            )
            for field in LISTED_BY
        ),
        migrations.AddIndex(
            "camera",
            models.Index(
                fields=["code"], condition=models.Q(publication="withdrawn"), name="camera_withdrawn"
            ),
        ),
        migrations.RunSQL(WORDS, NO_WORDS),
    ]
