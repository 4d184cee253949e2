"""Forms of analysis."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from openilp import reference
from openilp.analysis import blueprints, registry, selectors, services
from openilp.analysis.models import Assessment, Snapshot
from openilp.direction import selectors as direction
from openilp.direction.forms import LawfulForm, choices, day, people_field
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Matter, Unit
from openilp.safeguards.roles import CONTENT

_SHOWN = 200


class _Requirements(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.ref} {obj.question}"


def requirement_field(actor: Actor) -> forms.Field:
    """Return a choice among the open requirements."""
    found = selectors.open_requirements(actor=actor).order_by("due_on", "ref")
    return _Requirements(
        found, label=_("Requirement"), required=False, empty_label=_("none"), to_field_name="ref"
    )


class SnapshotForm(LawfulForm):
    """Which data to freeze: incidents of a period, or the links of a matter."""

    title = forms.CharField(label=_("What it holds"), max_length=160)
    kind = forms.ChoiceField(
        label=_("Data"),
        choices=[("incidents", _("incidents")), ("links", _("links of a matter"))],
        widget=forms.RadioSelect,
        initial="incidents",
    )
    starts_on = day(label=_("From"), required=False)
    ends_on = day(label=_("Until"), required=False)
    crime_types = forms.MultipleChoiceField(
        label=_("Crime types"),
        required=False,
        choices=choices("crime-types"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all types."),
    )
    units = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label=_("Units"), required=False, help_text=_("None chosen: every unit.")
    )
    matter = forms.ModelChoiceField(
        Matter.objects.none(),
        label=_("Matter"),
        required=False,
        empty_label=_("Choose one of your matters …"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        units: Any = self.fields["units"]
        units.queryset = Unit.objects.order_by("code")
        matter: Any = self.fields["matter"]
        matter.queryset = Matter.objects.seen_by(actor).filter(pk__in=actor.compartments).order_by("title")
        today = timezone.localdate()
        self.fields["starts_on"].initial = (today - timedelta(days=730)).replace(day=1)
        self.fields["ends_on"].initial = today.replace(day=1) - timedelta(days=1)

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen kind of data needs."""
        data = super().clean() or {}
        needed = ("matter",) if data.get("kind") == "links" else ("starts_on", "ends_on")
        for name in needed:
            if not data.get(name) and name not in self.errors:
                self.add_error(name, translate("Say which: the snapshot needs it."))
        return data

    def take(self, actor: Actor) -> Snapshot:
        """Take the snapshot that the form asks for."""
        data = self.cleaned_data
        lawful = {"title": data["title"], "legal_basis": data["legal_basis"], "label": self.label}
        if data["kind"] == "links":
            return services.take_network_snapshot(actor=actor, matter=data["matter"].pk, **lawful)
        selection = services.Selection(
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            crime_types=data["crime_types"],
            units=[unit.pk for unit in data["units"]],
        )
        return services.take_snapshot(actor=actor, selection=selection, **lawful)


class RunForm(forms.Form):
    """A method with its parameters, for one snapshot."""

    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, method: registry.Method, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method = method
        for parameter in method.parameters:
            span = _("%(low)s to %(high)s %(unit)s.") % {
                "low": f"{parameter.low:.12g}",
                "high": f"{parameter.high:.12g}",
                "unit": parameter.unit,
            }
            kind = forms.IntegerField if parameter.is_whole else forms.FloatField
            self.fields[parameter.name] = kind(
                label=parameter.label,
                initial=parameter.default,
                help_text=f"{span} {parameter.help}",
            )
        self.fields["requirement"] = requirement_field(actor)

    def parameters(self) -> dict[str, object]:
        """Return the parameters as given."""
        return {p.name: self.cleaned_data[p.name] for p in self.method.parameters}


class AssessmentForm(LawfulForm):
    """A judgement: words of the yardstick, and apart from them the confidence."""

    text = forms.CharField(
        label=_("Judgement"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One judgement in one or two sentences, without a word of probability."),
    )
    probability_term = forms.ChoiceField(label=_("How probable is it?"), widget=forms.RadioSelect)
    confidence = forms.ChoiceField(
        label=_("How good is the basis?"), choices=choices("confidence"), widget=forms.RadioSelect
    )
    confidence_reason = forms.CharField(
        label=_("Why this confidence"), widget=forms.Textarea(attrs={"rows": 2})
    )
    alternatives = forms.CharField(
        label=_("Other explanations"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    supporting = forms.CharField(
        label=_("Items for it"),
        required=False,
        help_text=_("References such as I-7K4M-2QXD, with blanks between."),
    )
    opposing = forms.CharField(label=_("Items against it"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        terms: Any = self.fields["probability_term"]
        terms.choices = [
            (term.code, f"{translate(term.label)} ({term.low * 100:.0f}–{term.high * 100:.0f} %)")
            for term in reference.probability_terms()
        ]
        self.fields["requirement"] = requirement_field(actor)

    def new(self) -> services.NewAssessment:
        """Return the judgement as the service takes it."""
        data = self.cleaned_data
        return services.NewAssessment(
            text=data["text"],
            probability_term=data["probability_term"],
            confidence=data["confidence"],
            confidence_reason=data["confidence_reason"],
            alternatives=data["alternatives"],
        )

    def evidence(self, actor: Actor) -> list[services.Weighed]:
        """Return the items for and against, as the actor may see them."""
        return [
            services.Weighed(item, supports=supports)
            for field, supports in (("supporting", True), ("opposing", False))
            for item in selectors.items_by_reference(self.cleaned_data[field].split(), actor=actor)
        ]


class ProductForm(LawfulForm):
    """A product to start: type, title and terms of reference."""

    product_type = forms.ChoiceField(
        label=_("Type"), choices=choices("product-types"), initial="problem_profile"
    )
    title = forms.CharField(label=_("Title"), max_length=160)
    question = forms.CharField(label=_("The question"), widget=forms.Textarea(attrs={"rows": 2}))
    limits = forms.CharField(
        label=_("Limits"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Area, period, what is left out, and by when."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["asker"] = people_field(actor, CONTENT, label=_("Asked by"))
        self.fields["requirement"] = requirement_field(actor)
        self.fields["priority"] = forms.ModelChoiceField(
            direction.current_priorities(actor=actor).order_by("title"),
            label=_("Priority"),
            required=False,
            empty_label=_("none"),
            to_field_name="ref",
        )
        priority: Any = self.fields["priority"]
        priority.label_from_instance = lambda row: f"{row.ref} {row.title}"


class RecommendationForm(forms.Form):
    """A measure with effect, cost, risk and law."""

    text = forms.CharField(label=_("Measure"), max_length=300)
    strand = forms.ChoiceField(label=_("Strand"), choices=choices("response-strands"))
    effect = forms.CharField(label=_("Expected effect"), max_length=300)
    hours = forms.IntegerField(label=_("Hours"), min_value=0)
    money = forms.DecimalField(label=_("Money"), min_value=0, decimal_places=2, max_digits=12, initial=0)
    harm_low = forms.FloatField(
        label=_("Days of harm prevented, at least"), required=False, help_text=_("Lower end of 90 %.")
    )
    harm_high = forms.FloatField(label=_("At most"), required=False, help_text=_("Upper end of 90 %."))
    risk = forms.CharField(label=_("Risk"), max_length=300, required=False)
    law = forms.CharField(label=_("Law"), max_length=300, required=False)
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def new(self) -> services.NewRecommendation:
        """Return the measure as the service takes it."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
        return services.NewRecommendation(**data)


class FinishForm(forms.Form):
    """The questions about bias and rights, each answered in words."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in blueprints.RIGHTS_QUESTIONS:
            self.fields[question.code] = forms.CharField(
                label=question.text, help_text=question.help, widget=forms.Textarea(attrs={"rows": 2})
            )

    def answers(self) -> dict[str, str]:
        """Return the answers by question."""
        return {q.code: self.cleaned_data[q.code] for q in blueprints.RIGHTS_QUESTIONS}


def initial_of(row: Assessment | None) -> dict[str, Any]:
    """Return what a form that supersedes an assessment begins with."""
    if row is None:
        return {}
    names = ("text", "probability_term", "confidence", "confidence_reason", "alternatives")
    return {name: getattr(row, name) for name in names}
