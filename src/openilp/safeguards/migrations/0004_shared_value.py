from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("safeguards", "0003_audit_log_on_disk")]

    operations = [
        migrations.CreateModel(
            name="SharedValue",
            fields=[
                ("key", models.CharField(max_length=250, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("ends_at", models.FloatField(db_index=True, help_text="seconds since 1970")),
            ],
        ),
    ]
