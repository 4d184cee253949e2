"""Forms of direction, and the fields about law and label that each form for a record shows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from openilp import reference
from openilp.direction import rules, selectors
from openilp.direction.models import Priority, Requirement
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import Conflict, InvalidInput
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import Matter, Unit, User
from openilp.safeguards.people import colleagues
from openilp.safeguards.roles import CONTENT, MANAGERS, Role

T = TypeVar("T")
LEVELS = (
    (Level.OPEN, _("open")),
    (Level.INTERNAL, _("internal")),
    (Level.RESTRICTED, _("restricted")),
    (Level.CONFIDENTIAL, _("confidential")),
)
_DAYS_TO_ANSWER = 14
_NEXT_PERIOD_DAYS = 91


def choices(vocabulary: str) -> Any:
    """Return the choices of a reference list, read when the form is made, in the reader's language."""
    return lambda: [(code, translate(label)) for code, label in reference.vocabulary(vocabulary).choices()]


def day(**more: Any) -> forms.DateField:
    """Return a date field with the browser's own calendar."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def carry_out(form: forms.Form, verb: Callable[[], T]) -> T | None:
    """Run a verb; what it refuses is written at its field, and nothing that was typed is lost.

    Returns:
        What the verb returned, or nothing when it refused. `refusal_status` says with which status to answer.
    """
    try:
        return verb()
    except (InvalidInput, Conflict) as error:
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, str(error))
        form.refusal_status = 409 if isinstance(error, Conflict) else 422  # type: ignore[attr-defined]
    return None


def refusal_status(form: forms.Form) -> int:
    """Return the status of a page that shows a form: 200 when fresh, 422 or 409 when refused."""
    return getattr(form, "refusal_status", 422) if form.is_bound else 200


class LawfulForm(forms.Form):
    """The fields that every record needs besides its content: legal basis and level.

    The basis of the matter that the actor acts for is proposed, and the only one there is; it stands in a visible
    choice. A matter that not everybody may know of becomes the compartment; `compartment` names it.
    """

    legal_basis = forms.ChoiceField(label=_("Legal basis"))
    level = forms.TypedChoiceField(label=_("Level"), coerce=int, initial=int(Level.INTERNAL))
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.purpose = selectors.purpose_of(actor=actor)
        self.compartment: Matter | None = selectors.compartment_of(self.purpose)
        self._offer_bases()
        field = self.fields["level"]
        field.choices = [(int(v), text) for v, text in LEVELS if v <= actor.level]  # type: ignore[attr-defined]

    def _offer_bases(self) -> None:
        profile = reference.national_profile(settings.OPENILP_PROFILE)
        codes = profile.bases_on(timezone.localdate())
        offered = [(code, translate(reference.legal_basis(code).label)) for code in codes]
        own = self.purpose.legal_basis if self.purpose else ""
        proposed = own if own in codes else (codes[0] if len(codes) == 1 else "")
        if not proposed:
            offered.insert(0, ("", translate("Choose the law …")))
        field = self.fields["legal_basis"]
        field.choices = offered  # type: ignore[attr-defined]
        field.initial = proposed

    @property
    def label(self) -> Label:
        """Return the label that the form asks for."""
        inside = frozenset({self.compartment.pk}) if self.compartment else frozenset()
        return self.actor.label(level=Level(self.cleaned_data["level"]), compartments=inside)


class _People(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}, {obj.unit}"


def people_field(actor: Actor, roles: frozenset[Role], **more: Any) -> _People:
    """Return a choice among colleagues with duties in content, in alphabetical order."""
    keys = [user.pk for user in colleagues(actor=actor, roles=roles)]
    found = User.objects.filter(pk__in=keys).select_related("unit").order_by("full_name")
    return _People(found, empty_label=_("Choose …"), **more)


class StrandsForm(forms.Form):
    """The three strands of a priority; one that is left empty is shown as open."""

    intelligence = forms.CharField(
        label=_("Intelligence: what must be known?"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    prevention = forms.CharField(
        label=_("Prevention: what keeps it from happening?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    enforcement = forms.CharField(
        label=_("Enforcement: what is done against those who do it?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PriorityForm(LawfulForm, StrandsForm):
    """A priority: what comes first, for whom, why and for how long."""

    title = forms.CharField(label=_("Priority"), max_length=160)
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit"), help_text=_("Its level is the priority's.")
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"))
    reason = forms.CharField(label=_("Why it comes first"), widget=forms.Textarea(attrs={"rows": 3}))
    source_document = forms.CharField(
        label=_("Source document"), max_length=200, help_text=_("The assessment or plan, with its page.")
    )
    goals = forms.CharField(
        label=_("Goals and how they are followed up"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    starts_on = day(label=_("From"))
    ends_on = day(label=_("Until"))
    position = forms.IntegerField(
        label=_("Position"), min_value=1, required=False, help_text=_("Left empty: the next free one.")
    )
    hours_set = forms.IntegerField(label=_("Hours set aside"), min_value=0, initial=0)
    money_set = forms.DecimalField(label=_("Money set aside"), min_value=0, decimal_places=2, initial=0)
    crime_types = forms.MultipleChoiceField(
        label=_("Crime types"), required=False, choices=choices("crime-types")
    )

    def __init__(self, *args: Any, actor: Actor, above: Priority | None = None, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        found = Unit.objects.order_by("code")
        if above is not None:
            found = found.filter(organisation_level=rules.level_below(above.organisation_level) or "none")
        self.fields["unit"].empty_label = _("Choose …")  # type: ignore[attr-defined]
        self.fields["unit"].queryset = found  # type: ignore[attr-defined]
        self.fields["owner"] = people_field(actor, CONTENT, label=_("Owner"))
        self.order_fields(["title", "unit", "owner", "reason"])
        today = timezone.localdate()
        self.initial.setdefault("starts_on", today)
        self.initial.setdefault("ends_on", today + timedelta(days=_NEXT_PERIOD_DAYS))


class NewVersionForm(StrandsForm):
    """A new version of a priority: what changed, and why."""

    title = forms.CharField(label=_("Priority"), max_length=160)
    reason = forms.CharField(
        label=_("Why it changes"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The old version stays readable with its own reason."),
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"))
    goals = forms.CharField(label=_("Goals"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    ends_on = day(label=_("Until"))
    position = forms.IntegerField(label=_("Position"), min_value=1)
    hours_set = forms.IntegerField(label=_("Hours set aside"), min_value=0)
    money_set = forms.DecimalField(label=_("Money set aside"), min_value=0, decimal_places=2)
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = people_field(actor, CONTENT, label=_("Owner"))
        self.order_fields(["title", "reason", "owner", "goals"])


class ReasonForm(forms.Form):
    """The reason for an end."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)


class RequirementForm(LawfulForm):
    """A question that somebody needs answered to decide."""

    question = forms.CharField(
        label=_("What must be known?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    why = forms.CharField(
        label=_("Why? What will be decided with it?"), widget=forms.Textarea(attrs={"rows": 3})
    )
    due_on = day(label=_("Answer needed by"))
    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=choices("urgency"), widget=forms.RadioSelect, initial="medium"
    )
    priority = forms.ModelChoiceField(
        Priority.objects.none(), label=_("Priority"), required=False, empty_label=_("None")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        found = selectors.standing_priorities(actor=actor).order_by("organisation_level", "position")
        self.fields["priority"].queryset = found  # type: ignore[attr-defined]
        self.fields["priority"].label_from_instance = _priority_text  # type: ignore[attr-defined]
        self.order_fields(["question", "why", "due_on", "urgency", "priority"])
        self.initial.setdefault("due_on", timezone.localdate() + timedelta(days=_DAYS_TO_ANSWER))


def _priority_text(row: Priority) -> str:
    return f"{row.title} ({row.unit})"


class ClosureForm(forms.Form):
    """The asker's word on a requirement."""

    is_answered = forms.TypedChoiceField(
        label=_("How does it end?"),
        choices=[("yes", _("Answered")), ("no", _("Given up"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("In a sentence: what is the answer, or why is it given up?"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)


class PlanForm(forms.Form):
    """A collection plan."""

    title = forms.CharField(
        label=_("Title"), max_length=160, required=False, help_text=_("Left empty, the question is taken.")
    )
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)


class LineForm(forms.Form):
    """One line of a plan."""

    what = forms.CharField(label=_("What"), max_length=200)
    method = forms.ChoiceField(label=_("How"), choices=choices("collection-methods"))
    collector = forms.ModelChoiceField(User.objects.none(), label=_("Who"))
    legal_basis = forms.ChoiceField(label=_("Legal basis"), required=False)
    due_on = day(label=_("By when"))
    hours = forms.IntegerField(label=_("Hours"), min_value=0, initial=0)

    def __init__(self, *args: Any, actor: Actor, requirement: Requirement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collector"] = people_field(actor, CONTENT, label=_("Who"))
        self.order_fields(["what", "method", "collector", "legal_basis"])
        profile = reference.national_profile(settings.OPENILP_PROFILE)
        codes = profile.bases_on(timezone.localdate())
        self.fields["legal_basis"].choices = [  # type: ignore[attr-defined]
            (code, translate(reference.legal_basis(code).label)) for code in codes
        ]
        self.initial.setdefault("legal_basis", requirement.legal_basis)
        self.initial.setdefault("due_on", requirement.due_on)

    def new(self) -> rules.NewLine:
        """Return the line as the service takes it."""
        data = self.cleaned_data
        return rules.NewLine(
            what=data["what"],
            method=data["method"],
            collector=data["collector"].pk,
            due_on=data["due_on"],
            hours=data["hours"],
            legal_basis=data["legal_basis"],
        )


class Removable(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of a form that a script can take away again."""

    deletion_widget = forms.HiddenInput


LineForms = forms.formset_factory(
    LineForm,
    formset=Removable,
    extra=0,
    min_num=1,
    validate_min=True,
    max_num=20,
    validate_max=True,
    can_delete=True,
)


class PriorityFilter(forms.Form):
    """What a list of priorities shows; its state is the address."""

    level = forms.ChoiceField(label=_("Level"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("open", _("in force or to come")), ("closed", _("ended")), ("all", _("all"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", translate("all"))]
        self.fields["level"].choices = every + choices("organisation-levels")()  # type: ignore[attr-defined]
        self.fields["unit"].choices = every + [  # type: ignore[attr-defined]
            (unit.code, str(unit)) for unit in selectors.units()
        ]


class RequirementFilter(forms.Form):
    """What a list of requirements shows; its state is the address."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("open", _("open")),
            ("overdue", _("overdue")),
            ("unplanned", _("without a plan")),
            ("closed", _("closed")),
            ("all", _("all")),
        ],
    )
    urgency = forms.ChoiceField(label=_("Urgency"), required=False)
    mine = forms.ChoiceField(
        label=_("Asked by"), required=False, choices=[("", _("anybody")), ("1", _("me"))]
    )
    priority = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", translate("all"))]
        self.fields["urgency"].choices = every + choices("urgency")()  # type: ignore[attr-defined]


def may_decide(actor: Actor) -> bool:
    """Tell whether the actor sets priorities."""
    return actor.has_role(*MANAGERS)
