import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import openilp.safeguards.labels
import openilp.safeguards.records


class Migration(migrations.Migration):
    dependencies = [
        ("analysis", "0001_initial"),
        ("direction", "0001_initial"),
        ("safeguards", "0001_initial"),
        ("tasking", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "level",
                    models.SmallIntegerField(
                        choices=[(0, "open"), (1, "internal"), (2, "restricted"), (3, "confidential")]
                    ),
                ),
                (
                    "compartments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "releasable_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), blank=True, default=list, size=None
                    ),
                ),
                ("originator_control", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("normal", "normal"),
                            ("restricted", "restricted"),
                            ("quarantined", "quarantined"),
                        ],
                        default=openilp.safeguards.labels.State["NORMAL"],
                        max_length=16,
                    ),
                ),
                ("legal_basis", models.CharField(max_length=64)),
                ("recorded_on", models.DateField(default=openilp.safeguards.records._today, editable=False)),
                ("review_on", models.DateField()),
                ("ref", models.CharField(editable=False, max_length=16, unique=True)),
                ("title", models.CharField(max_length=200)),
                (
                    "criteria",
                    models.JSONField(
                        help_text="[{code, weight}], the weight a word of the list comparison-weights"
                    ),
                ),
                ("candidates", models.JSONField(help_text="[{key, kind, title, ref, figures}]")),
                (
                    "cells",
                    models.JSONField(help_text="candidate key to criterion to {degree, confidence, reason}"),
                ),
                ("conclusion", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "behind_keys",
                "default_manager_name": "objects",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("behind_keys", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Exhibit",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "level",
                    models.SmallIntegerField(
                        choices=[(0, "open"), (1, "internal"), (2, "restricted"), (3, "confidential")]
                    ),
                ),
                (
                    "compartments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "releasable_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), blank=True, default=list, size=None
                    ),
                ),
                ("originator_control", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("normal", "normal"),
                            ("restricted", "restricted"),
                            ("quarantined", "quarantined"),
                        ],
                        default=openilp.safeguards.labels.State["NORMAL"],
                        max_length=16,
                    ),
                ),
                ("legal_basis", models.CharField(max_length=64)),
                ("recorded_on", models.DateField(default=openilp.safeguards.records._today, editable=False)),
                ("review_on", models.DateField()),
                ("ref", models.CharField(editable=False, max_length=16, unique=True)),
                ("kind", models.CharField(help_text="product, priority, task or decision", max_length=16)),
                ("title", models.CharField(max_length=200)),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "behind_keys",
                "default_manager_name": "objects",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("behind_keys", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name="adoption",
            name="product",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="analysis.product",
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(fields=("meeting", "number"), name="agenda_number_once"),
        ),
        migrations.AddField(
            model_name="comparison",
            name="agenda_item",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tasking.agendaitem",
            ),
        ),
        migrations.AddField(
            model_name="comparison",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="comparison",
            name="meeting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tasking.meeting"
            ),
        ),
        migrations.AddField(
            model_name="comparison",
            name="owner_unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="safeguards.unit"
            ),
        ),
        migrations.AddField(
            model_name="comparison",
            name="purpose",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="safeguards.matter"
            ),
        ),
        migrations.AddField(
            model_name="comparison",
            name="supersedes",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tasking.comparison",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="comparison",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tasking.comparison",
            ),
        ),
        migrations.AddField(
            model_name="exhibit",
            name="agenda_item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tasking.agendaitem"
            ),
        ),
        migrations.AddField(
            model_name="exhibit",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exhibit",
            name="decision",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tasking.decision",
            ),
        ),
        migrations.AddField(
            model_name="exhibit",
            name="edition",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="analysis.edition",
            ),
        ),
        migrations.AddField(
            model_name="exhibit",
            name="owner_unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="safeguards.unit"
            ),
        ),
        migrations.AddField(
            model_name="exhibit",
            name="priority",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="direction.priority",
            ),
        ),
        migrations.AddField(
            model_name="exhibit",
            name="product",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="analysis.product",
            ),
        ),
        migrations.AddField(
            model_name="exhibit",
            name="purpose",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="safeguards.matter"
            ),
        ),
        migrations.AddField(
            model_name="exhibit",
            name="task",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tasking.task"
            ),
        ),
        migrations.AddField(
            model_name="decisionbasis",
            name="exhibit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tasking.exhibit"
            ),
        ),
        migrations.AddConstraint(
            model_name="comparison",
            constraint=models.UniqueConstraint(fields=("supersedes",), name="comparison_superseded_once"),
        ),
        migrations.AddConstraint(
            model_name="exhibit",
            constraint=models.UniqueConstraint(
                fields=("agenda_item", "product", "priority", "task", "decision"),
                name="exhibit_once",
                nulls_distinct=False,
            ),
        ),
    ]
