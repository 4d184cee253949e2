"""The report form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openilp import reference
from openilp.collection.rules import NewItem, NewMention, NewReport


def choices(vocabulary: str) -> Any:
    """Return the choices of a reference list, read when the form is made."""
    return lambda: [(code, _(label)) for code, label in reference.vocabulary(vocabulary).choices()]


class ReportForm(forms.Form):
    """What an officer tells: where it comes from, how urgent it is, on which law."""

    title = forms.CharField(
        label=_("Title"),
        max_length=160,
        required=False,
        help_text=_("Left empty, the first words are taken."),
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=choices("urgency"), widget=forms.RadioSelect, initial="low"
    )
    provenance = forms.ChoiceField(label=_("How do you know it?"), choices=choices("provenance-kinds"))
    legal_basis = forms.ChoiceField(label=_("Legal basis"), choices=choices("legal-bases"))
    place = forms.CharField(label=_("Place"), max_length=160, required=False)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)


class ItemForm(forms.Form):
    """One piece of information, with one mention."""

    text = forms.CharField(label=_("What happened, in one piece"), widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(label=_("What kind of statement is it?"), choices=choices("statement-kinds"))
    mention_type = forms.ChoiceField(label=_("Who or what"), required=False, choices=choices("entity-types"))
    mention = forms.CharField(label=_("Name, number or place"), max_length=200, required=False)


ItemForms = forms.formset_factory(ItemForm, extra=0, min_num=1, validate_min=True, max_num=20)


def new_report(form: ReportForm, items: Any) -> NewReport:
    """Return what the forms say as the service takes it."""
    data = dict(form.cleaned_data)
    data.pop("idempotency_key")
    data.pop("legal_basis")
    return NewReport(
        items=[_item(row.cleaned_data) for row in items.forms if row.cleaned_data.get("text")], **data
    )


def _item(data: dict[str, Any]) -> NewItem:
    named = [NewMention(data["mention_type"], data["mention"])] if data.get("mention") else []
    return NewItem(data["text"], data["kind"], named)
