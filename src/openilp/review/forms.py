"""Forms of the review."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openilp.direction.forms import choices, day
from openilp.direction.models import Priority
from openilp.review.rules import Comparison
from openilp.review.services import Measurement
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Unit
from openilp.tasking.models import Operation


def month(**more: Any) -> forms.DateField:
    """Return a field for a month; the browser sends `YYYY-MM`."""
    widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
    return forms.DateField(widget=widget, input_formats=["%Y-%m", "%Y-%m-%d"], **more)


class OutcomeForm(forms.Form):
    """What came of a task."""

    result = forms.ChoiceField(label=_("Result"), choices=choices("task-outcomes"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What came of it"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Arrests, seizures, what changed for victims; also what did not work."),
    )
    disruption = forms.ChoiceField(
        label=_("Disruption, where there was something to disrupt"),
        required=False,
        choices=lambda: [("", "–"), *choices("disruption-ratings")()],
    )
    happened_on = day(label=_("On"))
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened_on"].initial = timezone.localdate()


class ResultsForm(forms.Form):
    """What is compared with what."""

    before_from = month(label=_("Before: from month"))
    before_until = month(label=_("to month"))
    after_from = month(label=_("After: from month"))
    after_until = month(label=_("to month"))
    reading = forms.CharField(
        label=_("How you read it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What it means, what else could explain it, what it does not show."),
    )
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"] = forms.ModelChoiceField(
            Priority.objects.seen_by(actor).order_by("-starts_on", "position"), label=_("Priority")
        )
        self.fields["priority"].label_from_instance = _titled  # type: ignore[attr-defined]
        self.fields["operation"] = forms.ModelChoiceField(
            Operation.objects.seen_by(actor).order_by("-starts_on", "ref"),
            label=_("Operation"),
            required=False,
        )
        self.fields["operation"].label_from_instance = lambda row: f"{row.name} ({row.ref})"  # type: ignore[attr-defined]
        units = Unit.objects.order_by("code")
        self.fields["unit"] = forms.ModelChoiceField(
            units, label=_("Where"), required=False, help_text=_("Left empty, the priority's unit.")
        )
        self.fields["control"] = forms.ModelChoiceField(
            units,
            label=_("Compared with"),
            required=False,
            help_text=_(
                "A similar unit without the measure; without one, only before and after are compared."
            ),
        )
        self.order_fields(["priority", "operation", "unit", "control", *_MONTHS])

    def wanted(self) -> Measurement:
        """Return what is compared, as the service takes it."""
        data = self.cleaned_data
        return Measurement(
            priority=data["priority"],
            operation=data["operation"],
            comparison=Comparison(*(data[name] for name in _MONTHS)),
            unit=data["unit"],
            control=data["control"],
        )


_MONTHS = ("before_from", "before_until", "after_from", "after_until")


def _titled(row: Any) -> str:
    return f"{row.title} ({row.ref})"


class LessonForm(forms.Form):
    """What was learnt, and what must be known because of it."""

    text = forms.CharField(label=_("What was learnt"), widget=forms.Textarea(attrs={"rows": 4}))
    question = forms.CharField(
        label=_("What must be known because of it?"),
        max_length=300,
        required=False,
        help_text=_("Left empty, no requirement is raised."),
    )
    due_on = day(label=_("Answer due"), required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=choices("urgency"), initial="low")
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = timezone.localdate() + timedelta(days=30)


def months_around(starts_on: date) -> dict[str, date]:
    """Return three whole months before a day and three from its month on, to begin with."""
    first = starts_on.replace(day=1)

    def shifted(n: int) -> date:
        total = first.year * 12 + first.month - 1 + n
        return date(total // 12, total % 12 + 1, 1)

    return dict(zip(_MONTHS, (shifted(-3), shifted(-1), first, shifted(2)), strict=True))
