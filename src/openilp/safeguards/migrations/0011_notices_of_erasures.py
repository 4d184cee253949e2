import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("safeguards", "0010_supervisory_authority"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="erasure",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="safeguards.erasure",
            ),
        ),
    ]
