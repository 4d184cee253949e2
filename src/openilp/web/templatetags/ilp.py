"""Template tags of the house: icons, words for codes, dates, references."""

from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from openilp import reference
from openilp.web import words

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon of the sprite; a word always stands beside it."""
    address = static("dist/icons.svg")
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', address, name)


@register.filter
def level_word(level: int) -> str:
    """Return the word for a level."""
    return words.level(level)


@register.filter
def role_word(code: str) -> str:
    """Return the word for a duty."""
    return words.role(code)


@register.filter
def approval_word(action: str) -> str:
    """Return the word for what needs a second person."""
    return words.approval(action)


@register.filter
def purpose_word(code: str) -> str:
    """Return the word for a purpose of a look-up."""
    return gettext(reference.purpose(code).label)


@register.filter
def notice_word(kind: str) -> str:
    """Return what a notice says."""
    return words.notice(kind)


@register.filter
def word(code: Any, vocabulary: str) -> str:
    """Return the label of a code in a vocabulary, in the reader's language; an unknown code stands as it is."""
    if not code:
        return ""
    scale = reference.vocabulary(vocabulary)
    return gettext(scale.value(str(code)).label) if str(code) in scale.codes else str(code)


@register.filter
def meaning(code: Any, vocabulary: str) -> str:
    """Return the definition of a code in a vocabulary."""
    scale = reference.vocabulary(vocabulary)
    return gettext(scale.value(str(code)).definition) if str(code) in scale.codes else ""


@register.simple_tag
def ago(moment: datetime | None) -> SafeString:
    """Return a date that the page shows relative, with the exact one beside it."""
    if moment is None:
        return SafeString("")
    local = timezone.localtime(moment)
    exact = local.strftime("%Y-%m-%d %H:%M")
    return format_html('<time data-rel datetime="{}" title="{}">{}</time>', local.isoformat(), exact, exact)


@register.inclusion_tag("parts/grade.html")
def grade(evaluation: Any) -> dict[str, Any]:
    """Show a grade as a strip: source, information, handling; `not graded` where there is none."""
    return {"evaluation": evaluation}


@register.filter
def special(text: str) -> SafeString:
    """Return a text with the words marked that touch special categories of data; each mark says which."""
    parts, at = [], 0
    for passage in reference.special_passages(text):
        label = gettext(reference.special_categories().value(passage.code).label)
        word = text[passage.start : passage.end]
        parts += [escape(text[at : passage.start]), format_html('<mark title="{}">{}</mark>', label, word)]
        at = passage.end
    return SafeString("".join([*parts, escape(text[at:])]))


@register.filter
def is_special(text: str) -> bool:
    """Tell whether words of a text touch special categories of data."""
    return bool(reference.special_passages(text))


@register.filter
def unlocalised(number: float) -> str:
    """Return a coordinate as SVG takes it, whatever the reader's decimal sign."""
    return f"{number:g}"


@register.filter
def less_three(number: float) -> str:
    """Return the left edge of a square of six pixels around a coordinate."""
    return f"{number - 3:g}"


@register.filter
def minus(text: str) -> str:
    """Return a figure with a minus sign in place of a hyphen."""
    return str(text).replace("-", "−")


@register.filter
def minute(kept: str) -> str:
    """Return the day and minute of a moment that was kept as text."""
    return str(kept).replace("T", " ")[:16]
