"""Documents as tagged PDF: what is shown goes in as data, and is never read as markup."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import typst
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from openilp import reference
from openilp.analysis import rules
from openilp.analysis.errors import DocumentFontsMissing
from openilp.analysis.models import Edition
from openilp.analysis.tables import left_out
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Matter
from openilp.safeguards.records import ProtectedRecord

_HERE = Path(__file__).parent / "typst"
#: Beside the templates, not among the static files: a new build of the front end empties its own folder.
_FONTS = Path(__file__).parent / "fonts"
#: ISO 14289-1 and ISO 19005-2, level A: readable by a screen reader now and by an archive later.
STANDARDS = ["ua-1", "a-2a"]

Data = dict[str, Any]


def document_pdf(template: Path, data: Mapping[str, Any], watermark: str = "", notice: str = "") -> bytes:
    """Return a document as PDF/UA-1 and PDF/A-2a.

    Args:
        template: A `.typ` file that imports `frame.typ` and reads `data.json`.
        data: What the document shows, with `head` as made by `document_head`.
        watermark: Words across every page, such as the reader's name; empty for none.
        notice: A warning at the head of every page, such as a recall; empty for none.

    Raises:
        DocumentFontsMissing: If the fonts were not made at set-up.
    """
    files = {
        "main.typ": template.read_bytes(),
        "frame.typ": (_HERE / "frame.typ").read_bytes(),
        "data.json": json.dumps(
            {**data, "watermark": watermark, "notice": notice}, ensure_ascii=False
        ).encode(),
    }
    # The stubs do not know that several files may be given by name.
    compile_files: Any = typst.compile
    made: bytes = compile_files(
        files,
        format="pdf",
        font_paths=[str(font_folder())],
        ignore_system_fonts=True,
        pdf_standards=STANDARDS,
    )
    return made


def font_folder() -> Path:
    """Return the folder of the document fonts.

    Raises:
        DocumentFontsMissing: If it holds none.
    """
    folder = Path(getattr(settings, "OPENILP_DOCUMENT_FONTS", "") or _FONTS)
    if not any(folder.glob("*.ttf")):
        raise DocumentFontsMissing(str(folder))
    return folder


def document_head(
    row: ProtectedRecord, *, actor: Actor, kind: str, ref: str, title: str, date: str = ""
) -> Data:
    """Return what the frame of every document shows of a labelled row: level, compartments, reference, date."""
    words = {0: _("open"), 1: _("internal"), 2: _("restricted"), 3: _("confidential")}
    keys = [UUID(str(key)) for key in row.compartments]
    matters = Matter.objects.seen_by(actor).filter(pk__in=keys).order_by("title")
    return {
        "level": row.level,
        "level_word": words[row.level],
        "compartments": [matter.title for matter in matters],
        "agency": settings.OPENILP_AGENCY,
        "kind": kind,
        "ref": ref,
        "title": title,
        "date": date or timezone.localdate().isoformat(),
        "language": (translation.get_language() or "en").split("-")[0],
        "page": pgettext("before a page number", "Page"),
    }


def edition_pdf(edition: Edition, *, actor: Actor, watermark: str = "", notice: str = "") -> bytes:
    """Return a finished product as PDF, from its frozen content alone."""
    return document_pdf(_HERE / "edition.typ", edition_data(edition, actor=actor), watermark, notice)


def edition_data(edition: Edition, *, actor: Actor) -> Data:
    """Return what the document of an edition shows."""
    content = edition.content
    numbers = {citation["ref"]: citation["number"] for citation in content["citations"]}
    blocks = [_block(block, numbers) for block in content["blocks"]]
    brief = next((b["text"] for b in content["blocks"] if b["section"] == "brief"), "")
    kind = f"{_(content['type_label'])}, {_('edition')} {content['number']}"
    schemes = {f"{c['scheme']} {c['scheme_version']}" for c in content["citations"]}
    return {
        "head": document_head(
            edition,
            actor=actor,
            kind=kind,
            ref=edition.ref,
            title=content["title"],
            date=content["finished_on"],
        ),
        "words": _words(),
        "brief": pieces(brief, numbers),
        "judgements": [b["assessment"] for b in blocks if b["kind"] == "assessment"],
        "findings": [
            {"title": b["figure"]["title"], "finding": b["figure"]["finding"]}
            for b in blocks
            if b["kind"] == "run"
        ],
        "recommendations": [_measure(each) for each in content["recommendations"]],
        "terms": pieces(content["terms"], {}),
        "asked": _("Asked by %(asker)s; written by %(author)s, %(unit)s.") % content,
        "blocks": [block for block in blocks if block["section"] != "brief" and not _is_empty(block)],
        "citations": content["citations"],
        "scheme": _("Grades: %(schemes)s.") % {"schemes": ", ".join(sorted(schemes))},
        "rights_check": content["rights_check"],
        "hash": f"SHA-256 {edition.sha256}",
    }


def pieces(text: str, numbers: Mapping[str, int]) -> list[list[dict[str, str]]]:
    """Return a text as paragraphs of words and numbers of sources; an unknown reference stays as written."""
    paragraphs = [part.strip() for part in text.split("\n") if part.strip()]
    return [_pieces(paragraph, numbers) for paragraph in paragraphs]


def _pieces(paragraph: str, numbers: Mapping[str, int]) -> list[dict[str, str]]:
    found, rest = [], paragraph
    for ref in (r for r in rules.all_references(paragraph) if r in numbers):
        before, rest = rest.split(f"[{ref}]", 1)
        found += [{"text": before}, {"cite": str(numbers[ref])}]
    return [piece for piece in [*found, {"text": rest}] if piece.get("text") != ""]


def _is_empty(block: Data) -> bool:
    return block["kind"] == "text" and not block["paragraphs"]


def _block(block: Mapping[str, Any], numbers: Mapping[str, int]) -> Data:
    made: Data = {key: block[key] for key in ("kind", "section", "heading", "is_unsupported")}
    made["paragraphs"] = pieces(block["text"], numbers)
    if "figure" in block:
        made["figure"] = _figure(block["figure"])
    if "assessment" in block:
        made["assessment"] = _assessment(block["assessment"], numbers)
    return made


def _figure(figure: Mapping[str, Any]) -> Data:
    shown, total = len(figure["rows"]), figure["rows_in_all"]
    parts = [figure["method"]]
    if figure["weights"]:
        parts.append(_("Weights: %s.") % figure["weights"])
    if shown < total:
        parts.append(_("The first %(shown)s of %(total)s rows.") % {"shown": shown, "total": total})
    if figure["left_out"]:
        left = ", ".join(f"{words} {n:,}" for words, n in left_out(figure["left_out"]))
        parts.append(_("Left out: %s.") % left)
    return {
        **{key: figure[key] for key in ("title", "ref", "finding", "svg", "heads", "rows", "cautions")},
        "numeric": [column > 0 for column in range(len(figure["heads"]))],
        "note": " ".join(parts),
    }


def _assessment(row: Mapping[str, Any], numbers: Mapping[str, int]) -> Data:
    signs: Sequence[str] = ("−", "+")
    return {
        **{key: row[key] for key in ("ref", "alternatives", "confidence_reason")},
        "term": _(row["term"]),
        "confidence": _(row["confidence"]),
        "range": row["range"],
        "paragraphs": pieces(row["text"], numbers),
        "evidence": [
            {"ref": e["ref"], "grade": e["grade"], "sign": signs[int(e["supports"])]} for e in row["evidence"]
        ],
    }


def _measure(row: Mapping[str, Any]) -> Data:
    strand = _(reference.vocabulary("response-strands").value(row["strand"]).label)
    named = (("risk", _("Risk")), ("law", _("Law")))
    said = [row["effect"], *(f"{word}: {row[key]}" for key, word in named if row[key])]
    known = row["harm_low"] is not None
    return {
        "number": row["number"],
        "text": row["text"],
        "detail": ". ".join([strand, *(each.rstrip(". ") for each in said)]),
        "hours": f"{row['hours']:,}",
        "money": f"{float(row['money']):,.0f}",
        "harm": f"{row['harm_low']:g}–{row['harm_high']:g}" if known else _("not yet known"),
    }


def _words() -> dict[str, str]:
    return {
        "brief": _("For the manager"),
        "no_brief": _("No summary was written."),
        "findings": _("What the data show"),
        "proposed": _("What is proposed"),
        "terms": _("Terms of reference"),
        "alternatives": _("Other explanations"),
        "evidence": _("Evidence"),
        "unsupported": _("No source is cited for this judgement."),
        "number": _("No."),
        "measure": _("Measure"),
        "hours": _("Hours"),
        "money": _("Money"),
        "harm": _("Days of harm prevented, 90 %"),
        "item": _("Item"),
        "grade": _("Grade"),
        "words_of_item": _("Words"),
        "no_measures": _("No measure is recommended."),
        "no_sources": _("No item is cited."),
        "rights": _("Bias and rights"),
    }
