"""A product's draft as the editor posts it, and its blocks as the editor shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openilp.analysis import blueprints, documents, rules
from openilp.analysis.models import Citation, Product
from openilp.analysis.services.editions import figure, written_out
from openilp.safeguards.actor import Actor


@dataclass(frozen=True)
class Draft:
    """What stands in the editor: title, blocks, the revision that it was made from, and what to do with it.

    `doing` is empty (save), `up b-1`, `down b-1`, `remove b-1`, `text b-1` (add one behind), `run`, `assessment`
    (add the chosen one) or `finish`.
    """

    title: str
    blocks: list[rules.Block]
    revision: int
    doing: str = ""
    chosen_run: str = ""
    chosen_assessment: str = ""

    @classmethod
    def of(cls, product: Product) -> "Draft":
        """Return the stored draft."""
        return cls(product.title, product.body, product.revision)

    @classmethod
    def posted(cls, product: Product, data: Any) -> "Draft":
        """Return the draft as it was posted; a number that is none stands for revision 0."""
        stored = {block["id"]: block for block in product.body}
        blocks = []
        for key in data.getlist("block"):
            known = stored.get(key, {})
            kind = data.get(f"kind-{key}", known.get("kind", "text"))
            block = {
                "id": key,
                "kind": kind,
                "section": data.get(f"section-{key}", ""),
                "heading": data.get(f"heading-{key}", ""),
                "text": data.get(f"text-{key}", ""),
            }
            if kind in ("run", "assessment"):
                block[kind] = data.get(f"of-{key}", "")
            blocks.append(block)
        revision = data.get("revision", "")
        return cls(
            title=data.get("title", ""),
            blocks=blocks,
            revision=int(revision) if revision.isdecimal() else 0,
            doing=data.get("do", ""),
            chosen_run=data.get("add-run", ""),
            chosen_assessment=data.get("add-assessment", ""),
        )

    @property
    def leads_to_finish(self) -> bool:
        """Tell whether the author wants to finish after saving."""
        return self.doing == "finish"

    def changed(self) -> list[rules.Block]:
        """Return the blocks after what the author asked for was done to them."""
        verb, _, key = self.doing.partition(" ")
        if verb in ("up", "down"):
            return rules.moved(self.blocks, key, -1 if verb == "up" else 1)
        if verb == "remove":
            return rules.without(self.blocks, key)
        if verb == "text":
            return rules.with_added(self.blocks, {"kind": "text"}, after=key)
        if verb == "run" and self.chosen_run:
            return rules.with_added(self.blocks, {"kind": "run", "run": self.chosen_run}, after=key)
        if verb == "assessment" and self.chosen_assessment:
            new = {"kind": "assessment", "assessment": self.chosen_assessment}
            return rules.with_added(self.blocks, new, after=key)
        return self.blocks

    def on(self, revision: int) -> "Draft":
        """Return the same text as if it was made from another revision."""
        return replace(self, revision=revision)


@dataclass(frozen=True)
class ShownBlock:
    """A block as the editor shows it: with help, figure, judgement and what is flagged."""

    block: rules.Block
    help: str
    flags: Sequence[rules.Flag]
    figure: Mapping[str, Any] | None = None
    assessment: Mapping[str, Any] | None = None
    paragraphs: Sequence[Sequence[Mapping[str, str]]] = ()


def shown(
    blocks: Sequence[rules.Block],
    product: Product,
    citations: Sequence[Citation],
    flags: Sequence[rules.Flag],
    *,
    actor: Actor,
) -> list[ShownBlock]:
    """Return blocks with everything that the editor says beside them."""
    helps = {section.code: str(section.help) for section in blueprints.sections(product.product_type)}
    runs = {c.run.ref: c.run for c in citations if c.run}
    stated = {c.assessment.ref: c.assessment for c in citations if c.assessment}
    numbers = {c.item.ref: n for n, c in enumerate((c for c in citations if c.item), start=1) if c.item}
    found = []
    for block in blocks:
        run, judged = runs.get(block.get("run", "")), stated.get(block.get("assessment", ""))
        found.append(
            ShownBlock(
                block=block,
                help=helps.get(block["section"], ""),
                flags=[flag for flag in flags if flag.block == block["id"]],
                figure=figure(run) if run else None,
                assessment=written_out(judged, actor=actor) if judged else None,
                paragraphs=documents.pieces(block["text"], numbers),
            )
        )
    return found


def differences(product: Product, draft: Draft) -> list[rules.Difference]:
    """Return where the stored product and a refused draft differ; a changed title counts too."""
    found = rules.differences(product.body, draft.blocks)
    if product.title != draft.title:
        lines = (("-", product.title), ("+", draft.title))
        found.insert(0, rules.Difference("title", "", lines))
    return found
