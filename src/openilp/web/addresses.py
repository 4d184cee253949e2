"""Addresses of pages in the rooms; a page that an installation lacks falls back to the thread of the object."""

from django.urls import NoReverseMatch, reverse

_PAGES = {
    "priority": "direction:priority",
    "requirement": "direction:requirement",
    "report": "collection:report",
    "batch": "collection:batch",
    "entity": "collation:entity",
    "product": "analysis:product",
    "edition": "dissemination:edition",
    "release": "dissemination:release",
    "meeting": "tasking:meeting",
    "decision": "tasking:decision",
    "operation": "tasking:operation",
    "task": "tasking:task",
    "sanitisation": "evaluation:sanitisation",
    "lesson": "review:lesson",
    "matter": "matter",
}


def of(kind: str, ref: str) -> str:
    """Return the page of an object."""
    return route(_PAGES.get(kind, ""), ref) or route("review:thread", ref)


def route(name: str, *arguments: str, query: str = "") -> str:
    """Return the address of a route, or nothing where there is none."""
    try:
        found = reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
    return f"{found}?{query}" if query else found
