"""Documents: tagged, readable as text in every script of the house, and never built from markup."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from openilp.analysis import documents, selectors
from openilp.analysis.errors import DocumentFontsMissing
from openilp.analysis.models import Edition
from openilp.analysis.services import save_product
from openilp.safeguards.roles import Role
from tests.analysis.test_products import ANSWERS, finish_product, finished
from tests.factories import World

Act = Callable[..., Any]
SCRIPTS = "Өндөр Үүл Ђорђе Õnne Åke Ёлка"
INJECTION = '#read("/etc/passwd") *bold* $x^2$ #panic("!") \\ @label <tag> // gone'


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.OPENILP_FILES = tmp_path


def an_edition(actor: Any, world: World, text: str) -> Edition:
    """Finish a product whose first page holds a text."""
    first, _, _ = finished(actor, world)
    product = selectors.product(first.product.ref, actor=actor)
    blocks = [{**b, "text": text} if b["section"] in ("brief", "gaps") else b for b in product.body]
    product = save_product(
        actor=actor, product=product, revision=product.revision, title="Ferry", blocks=blocks
    )
    return finish_product(actor=actor, product=product, revision=product.revision, rights_check=ANSWERS)


def test_a_product_becomes_a_tagged_document(world: World, act: Act) -> None:
    """Title, language and tags are there, letters of all scripts are in the text layer, grades and numbers of
    pages stand on it, and the first page is the manager's. [PRO-08] [PRO-12]"""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        edition = an_edition(actor, world, SCRIPTS)
        pdf = PdfReader(io.BytesIO(documents.edition_pdf(edition, actor=actor, watermark="Б. Ганбаатар")))

    catalogue = pdf.trailer["/Root"]
    pages = [" ".join(page.extract_text().split()) for page in pdf.pages]
    assert catalogue["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in catalogue
    assert catalogue["/Lang"] == "en"
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Ferry"
    metadata = catalogue["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1<" in metadata
    assert "<pdfaid:part>2<" in metadata
    assert "<pdfaid:conformance>A<" in metadata
    assert all(word in pages[0] for word in SCRIPTS.split())
    assert "For the manager" in pages[0]
    assert "Likely or probable (55–75 %)" in pages[0]
    assert "420" in pages[0]
    assert all("INTERNAL" in page and "Б. Ганбаатар" in page for page in pages)
    assert f"Page 1 / {len(pages)}" in pages[0]
    assert "B/2, H1" in " ".join(pages[1:])


def test_text_is_never_read_as_markup(world: World, act: Act) -> None:
    """Code of the typesetter in a text stands in the document as it was written."""
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        edition = an_edition(actor, world, INJECTION)
        pdf = PdfReader(io.BytesIO(documents.edition_pdf(edition, actor=actor)))

    first = "".join(pdf.pages[0].extract_text().split())
    assert "".join(INJECTION.split()) in first
    assert "root:" not in "".join(page.extract_text() for page in pdf.pages)


def test_missing_fonts_are_said(world: World, act: Act, settings: Any, tmp_path: Path) -> None:
    """No box instead of a letter: the document is refused, with the command that makes the fonts."""
    settings.OPENILP_DOCUMENT_FONTS = tmp_path
    with act(world.user(Role.OPERATIONAL_ANALYST), world.desk) as actor:
        edition = an_edition(actor, world, "Short.")

        with pytest.raises(DocumentFontsMissing, match="make_document_fonts"):
            documents.edition_pdf(edition, actor=actor)


def test_citations_become_numbers_and_unknown_references_stay() -> None:
    """A source that is not cited is not given a number."""
    found = documents.pieces("A [I-2222-2222] b [I-3333-3333].\n\nC [I-2222-2222]", {"I-2222-2222": 1})

    assert found == [
        [{"text": "A "}, {"cite": "1"}, {"text": " b [I-3333-3333]."}],
        [{"text": "C "}, {"cite": "1"}],
    ]
