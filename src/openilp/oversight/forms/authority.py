"""Forms between the supervisory authority and data protection."""

from django import forms
from django.utils.translation import gettext_lazy as _

from openilp.oversight.forms.registers import prose
from openilp.oversight.wording import ASKED, FINDINGS


class AuthorityForm(forms.Form):
    """What the authority asks."""

    kind = forms.ChoiceField(label=_("What you ask"), choices=[("", "—"), *ASKED.items()])
    about = forms.CharField(
        label=_("Reference or file number"),
        max_length=60,
        help_text=_(
            "Of the record, or your own file. Send the person's particulars to the officer under seal."
        ),
    )
    reason = prose(_("Why"))


class AuthorityAnswerForm(forms.Form):
    """What data protection answers."""

    finding = forms.ChoiceField(label=_("What was found"), choices=[("", "—"), *FINDINGS.items()])
    reason = prose(_("In words"), help_text=_("Nothing of what a record says, nor whether there is one."))
