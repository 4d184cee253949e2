from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0002_grounds_of_sanitisations"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="evaluation",
            index=models.Index(fields=["-created_at", "-id"], name="evaluation_newest"),
        ),
    ]
