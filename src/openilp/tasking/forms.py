"""Forms of tasking."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openilp.direction.forms import LawfulForm, choices, day, people_field
from openilp.direction.selectors import current_priorities
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Unit, User
from openilp.safeguards.people import colleagues
from openilp.safeguards.roles import CONTENT, MANAGERS, Role
from openilp.tasking import rules
from openilp.tasking.rules import Answers, Option
from openilp.tasking.services import NewTask

_EFFECT_DAYS = 42
_OPERATION_DAYS = 42
_TASK_DAYS = 14


class _People(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}, {obj.unit}"


def many_people(actor: Actor, roles: frozenset[Role] = CONTENT, **more: Any) -> _People:
    """Return boxes to tick among colleagues, in alphabetical order."""
    keys = [user.pk for user in colleagues(actor=actor, roles=roles)]
    found = User.objects.filter(pk__in=keys).select_related("unit").order_by("full_name")
    return _People(found, widget=forms.CheckboxSelectMultiple, **more)


class MeetingForm(LawfulForm):
    """A meeting: of which kind, when, who."""

    kind = forms.ChoiceField(label=_("Type of meeting"), choices=choices("meeting-types"))
    title = forms.CharField(label=_("Title"), max_length=160)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"))
    starts_at = forms.DateTimeField(
        label=_("Begins"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    quorum = forms.IntegerField(
        label=_("Quorum"), min_value=1, initial=1, help_text=_("Members with a vote who must be there.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        unit = self.fields["unit"]
        unit.queryset = Unit.objects.order_by("code")  # type: ignore[attr-defined]
        unit.initial = actor.unit_id
        self.fields["chair"] = people_field(actor, frozenset({Role.CHAIR}), label=_("Chair"))
        self.fields["members"] = many_people(actor, label=_("Members with a vote"), required=False)
        self.fields["without_vote"] = many_people(
            actor, CONTENT, label=_("Also invited, without a vote"), required=False
        )
        self.order_fields(
            ["kind", "title", "unit", "starts_at", "chair", "quorum", "members", "without_vote"]
        )


class PresenceForm(forms.Form):
    """Who is there."""

    def __init__(self, *args: Any, members: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk__in=[m.person_id for m in members]).select_related("unit")
        self.fields["present"] = _People(
            people.order_by("full_name"),
            widget=forms.CheckboxSelectMultiple,
            label=_("Present"),
            required=False,
            initial=[m.person_id for m in members if m.is_present or not m.meeting.opened_at],
        )


class PointForm(forms.Form):
    """A point of one's own."""

    title = forms.CharField(label=_("Another point"), max_length=200)


class NoteForm(forms.Form):
    """What was said on a point."""

    noted = forms.CharField(label=_("Noted"), widget=forms.Textarea(attrs={"rows": 4}))


class ExtraOptionForm(forms.Form):
    """A way to decide that came up in the meeting."""

    text = forms.CharField(label=_("Another option"), max_length=300, required=False)
    hours = forms.IntegerField(label=_("Hours"), min_value=0, required=False)
    money = forms.DecimalField(label=_("Money"), min_value=0, required=False)
    harm_low = forms.FloatField(label=_("Harm prevented, low"), required=False)
    harm_high = forms.FloatField(label=_("high"), required=False)

    def option(self, key: str) -> Option | None:
        """Return the option, or nothing where none was written."""
        data = self.cleaned_data
        if not data["text"]:
            return None
        return Option(
            key,
            data["text"],
            data["hours"] or 0,
            data["money"] or Decimal(0),
            data["harm_low"],
            data["harm_high"],
        )


class ReasonsForm(forms.Form):
    """What the chair says: why, and the three answers of law."""

    necessity = forms.CharField(label=_("Necessary?"), widget=forms.Textarea(attrs={"rows": 2}))
    proportionality = forms.CharField(label=_("Proportionate?"), widget=forms.Textarea(attrs={"rows": 2}))
    non_discrimination = forms.CharField(
        label=_("Who could be hit wrongly?"), widget=forms.Textarea(attrs={"rows": 2})
    )
    reasons = forms.CharField(label=_("Reasons"), widget=forms.Textarea(attrs={"rows": 3}))
    dissent = forms.CharField(label=_("Dissent"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    effect_review_on = day(label=_("Effect reviewed"))
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)
    knowing = forms.CharField(
        label=_("What changed since the opening"), required=False, widget=forms.HiddenInput
    )

    def answers(self) -> Answers:
        """Return the answers of law."""
        data = self.cleaned_data
        return Answers(data["necessity"], data["proportionality"], data["non_discrimination"])

    def _offer(self, actor: Actor) -> None:
        self.fields["priority"] = forms.ModelChoiceField(
            current_priorities(actor=actor), label=_("Priority"), required=False, empty_label="–"
        )
        self.fields["priority"].label_from_instance = lambda row: f"{row.position} {row.title}"  # type: ignore[attr-defined]
        self.fields["effect_review_on"].initial = timezone.localdate() + timedelta(days=_EFFECT_DAYS)


class DecisionForm(ReasonsForm):
    """A decision in a meeting."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer(actor)


class EmergencyForm(LawfulForm, ReasonsForm):
    """A decision between meetings: one measure against doing nothing."""

    title = forms.CharField(label=_("What is decided on"), max_length=200)
    text = forms.CharField(label=_("What is done"), max_length=300)
    hours = forms.IntegerField(label=_("Hours"), min_value=0, initial=0)
    money = forms.DecimalField(label=_("Money"), min_value=0, initial=0)
    chosen = forms.ChoiceField(
        label=_("Decided"),
        choices=[("A", _("It is done")), ("B", _("Nothing is done"))],
        widget=forms.RadioSelect,
        initial="A",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self._offer(actor)
        del self.fields["level"]
        self.order_fields(["title", "text", "hours", "money", "chosen", *rules.QUESTIONS, "reasons"])


class RatifyForm(forms.Form):
    """Whether an emergency decision stands."""

    is_ratified = forms.TypedChoiceField(
        label=_("The meeting"),
        choices=[("yes", _("ratifies it")), ("no", _("does not ratify it"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class CommissionForm(forms.Form):
    """A question that a decision leaves open."""

    question = forms.CharField(label=_("What must be known?"), max_length=300)
    why = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}))
    due_on = day(label=_("Answer due"))
    urgency = forms.ChoiceField(label=_("Urgency"), choices=choices("urgency"), initial="low")
    product_type = forms.ChoiceField(
        label=_("As a product"),
        required=False,
        choices=lambda: [("", "–"), *choices("product-types")()],
        help_text=_("Chosen, the answer is wanted as a product of this type."),
    )


class AdoptForm(forms.Form):
    """A priority that a decision sets."""

    title = forms.CharField(label=_("Priority"), max_length=160)
    reason = forms.CharField(label=_("Why it comes first"), widget=forms.Textarea(attrs={"rows": 2}))
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"))
    starts_on = day(label=_("From"))
    ends_on = day(label=_("To"))
    hours_set = forms.IntegerField(label=_("Hours set aside"), min_value=0, initial=0)
    money_set = forms.DecimalField(label=_("Money set aside"), min_value=0, initial=0)
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        unit.queryset = Unit.objects.order_by("code")  # type: ignore[attr-defined]
        unit.initial = actor.unit_id
        owners = MANAGERS | {Role.PLAN_OWNER}
        self.fields["owner"] = people_field(actor, owners, label=_("Owner"))
        self.fields["starts_on"].initial = timezone.localdate()
        self.order_fields(["title", "reason", "unit", "owner", "starts_on", "ends_on"])


class OperationForm(forms.Form):
    """What a decision sets in motion."""

    name = forms.CharField(label=_("Name of the operation"), max_length=120)
    goals = forms.CharField(
        label=_("Goals"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What shall be different at its end, and how it is measured."),
    )
    starts_on = day(label=_("From"))
    ends_on = day(label=_("To"))
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = frozenset({Role.PLAN_OWNER, Role.HEAD_OF_INTELLIGENCE, Role.TASKING_COORDINATOR})
        self.fields["plan_owner"] = people_field(actor, owners, label=_("Plan owner"))
        self.fields["members"] = many_people(actor, label=_("Members"), required=False)
        today = timezone.localdate()
        self.fields["starts_on"].initial = today
        self.fields["ends_on"].initial = today + timedelta(days=_OPERATION_DAYS)
        self.order_fields(["name", "goals", "plan_owner", "starts_on", "ends_on", "members"])


class TaskForm(forms.Form):
    """A task: what, on which strand, who, by when, with how much."""

    title = forms.CharField(label=_("Task"), max_length=200)
    strand = forms.ChoiceField(label=_("Strand"), choices=choices("response-strands"))
    due_on = day(label=_("Due"))
    hours_planned = forms.IntegerField(label=_("Hours"), min_value=0, initial=0)
    money_planned = forms.DecimalField(label=_("Money"), min_value=0, initial=0)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = people_field(actor, CONTENT, label=_("Owner"))
        self.fields["due_on"].initial = timezone.localdate() + timedelta(days=_TASK_DAYS)
        self.order_fields(["title", "strand", "owner", "due_on", "hours_planned", "money_planned"])

    def new(self) -> NewTask:
        """Return the task as the service takes it."""
        return NewTask(**self.cleaned_data)


class ChangeForm(forms.Form):
    """Another day or person for a task."""

    due_on = day(label=_("Due"))
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, actor: Actor, task: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = people_field(actor, CONTENT, label=_("Owner"), initial=task.owner_now)
        self.fields["due_on"].initial = task.due
        self.order_fields(["due_on", "owner", "reason"])


class EffortForm(forms.Form):
    """Hours and money of a day."""

    spent_on = day(label=_("Day"))
    hours = forms.DecimalField(label=_("Hours"), min_value=0, max_digits=7, decimal_places=2, initial=0)
    money = forms.DecimalField(label=_("Money"), min_value=0, max_digits=12, decimal_places=2, initial=0)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["spent_on"].initial = timezone.localdate()


class FinishForm(forms.Form):
    """That a task is over."""

    done_on = day(label=_("Over on"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = timezone.localdate()


class ResourceForm(LawfulForm):
    """What a unit can commit."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"))
    kind = forms.CharField(label=_("What"), max_length=40, help_text=_("Patrol hours, a team, overtime …"))
    starts_on = day(label=_("From"))
    ends_on = day(label=_("To"))
    hours = forms.IntegerField(label=_("Hours"), min_value=0)
    money = forms.DecimalField(label=_("Money"), min_value=0, initial=0)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        unit = self.fields["unit"]
        unit.queryset = Unit.objects.order_by("code")  # type: ignore[attr-defined]
        unit.initial = actor.unit_id
        del self.fields["level"]
        self.order_fields(["unit", "kind", "starts_on", "ends_on", "hours", "money"])
