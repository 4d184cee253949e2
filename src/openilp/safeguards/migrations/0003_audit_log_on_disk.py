from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


def sequence_again(apps: Any, schema_editor: Any) -> None:
    """Put the events of the former chain before those that wait: the sequencer gives them their leaves, in their order."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.safeguards_audit_outbox')")
        if cursor.fetchone()[0] is None:
            return
        cursor.execute(
            "WITH waiting AS (DELETE FROM safeguards_audit_outbox RETURNING id, at, event)"
            " INSERT INTO safeguards_audit_outbox (at, event) SELECT at, event FROM ("
            "  SELECT 1 AS part, seq AS place, at, event FROM safeguards_auditevent"
            "  UNION ALL SELECT 2, id, at, event FROM waiting) AS ordered ORDER BY part, place"
        )
        cursor.execute("DELETE FROM safeguards_auditevent")


class Migration(migrations.Migration):
    dependencies = [("safeguards", "0002_two_person_approvals")]

    operations = [
        migrations.RunPython(sequence_again, migrations.RunPython.noop),
        migrations.AddField(
            model_name="auditevent",
            name="touched",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), default=list, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=django.contrib.postgres.indexes.GinIndex(fields=["touched"], name="audit_touched"),
        ),
        migrations.CreateModel(
            name="AuditDetail",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("body", models.BinaryField()),
            ],
            options={"indexes": [models.Index(fields=["at"], name="safeguards__at_44c325_idx")]},
        ),
    ]
