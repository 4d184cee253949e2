import { el, sameOriginAddress } from "../../shared/dom";
import { formatNumber, t } from "../../shared/words";
import type { Canvas } from "./canvas";
import { confirmationWord } from "./data";
import { kindWord } from "./kinds";

const SHOWN_LINKS = 40;

function button(text: string, act: () => void, pressed?: boolean): HTMLButtonElement {
  const made = el("button", { type: "button", class: "btn sm", "aria-pressed": pressed === undefined ? null : String(pressed) }, text);
  made.addEventListener("click", act);
  return made;
}

/** The side of the canvas: says in words what is chosen, and offers what can be done with it. */
export class Panel {
  readonly element = el("div", { class: "network-side" });

  constructor(
    private readonly canvas: Canvas,
    private readonly reveal: (node: string) => void,
  ) {
    this.update();
  }

  update(): void {
    const chosen = [...this.canvas.show.chosen];
    if (chosen.length === 0) this.element.replaceChildren(...this.nothing());
    else if (chosen.length === 1) this.element.replaceChildren(...this.one(chosen[0] as string));
    else this.element.replaceChildren(...this.several(chosen));
  }

  private nothing(): Node[] {
    const { network } = this.canvas;
    return [
      el("h3", {}, t("Nothing chosen")),
      el("p", { class: "mute" }, t("{nodes} nodes, {edges} links. Click a node, or press Tab to reach the drawing and the arrows to walk in it.", { nodes: formatNumber(this.canvas.shownNodes().length), edges: formatNumber(network.size) })),
    ];
  }

  private one(node: string): Node[] {
    const facts = this.canvas.facts(node);
    const links = this.canvas.edgesOf(node);
    const address = sameOriginAddress(facts.url);
    return [
      el("div", {}, el("p", { class: "kind" }, `${kindWord(facts.kind)} `, address ? el("a", { href: address, class: "ref" }, facts.ref || t("Open")) : el("span", { class: "ref" }, facts.ref)), el("h3", {}, facts.name)),
      el(
        "div",
        { class: "actions" },
        ...(this.canvas.canExpand ? [button(t("Expand …"), () => void this.askExpand(node))] : []),
        button(t("Hide"), () => this.canvas.hide([node])),
        button(t("Collapse"), () => this.canvas.collapse(node)),
        button(t("Pin"), () => this.canvas.pin([node]), facts.pinned),
      ),
      el("div", { class: "expand-place" }),
      el("h3", {}, t("{n} links shown", { n: formatNumber(links.length) })),
      el(
        "ul",
        {},
        ...links.slice(0, SHOWN_LINKS).map(({ other, facts: link }) => {
          const go = el("button", { type: "button", class: "btn link" }, this.canvas.facts(other).name);
          go.addEventListener("click", () => {
            this.canvas.choose([other]);
            this.reveal(other);
          });
          const said = [link.name, confirmationWord(link.confirmation), link.grade, link.sources > 0 ? t("sources: {n}", { n: link.sources }) : ""];
          return el("li", {}, go, el("br"), el("span", { class: "s mute" }, said.filter(Boolean).join(", ")));
        }),
      ),
      ...(links.length > SHOWN_LINKS ? [el("p", { class: "s mute" }, t("The other {n} are in the table.", { n: links.length - SHOWN_LINKS }))] : []),
    ];
  }

  private several(nodes: string[]): Node[] {
    return [
      el("h3", {}, t("{n} chosen", { n: formatNumber(nodes.length) })),
      el("ul", {}, ...nodes.slice(0, SHOWN_LINKS).map((node) => el("li", {}, this.canvas.facts(node).name, el("span", { class: "s mute" }, ` ${kindWord(this.canvas.facts(node).kind)}`)))),
      el(
        "div",
        { class: "actions" },
        ...(nodes.length === 2 ? [button(t("Path between the two"), () => this.canvas.path())] : []),
        button(t("Hide"), () => this.canvas.hide(nodes)),
        button(t("Pin"), () => this.canvas.pin(nodes)),
      ),
    ];
  }

  /** Asks the server how much would come, by kind, before anything is added. */
  async askExpand(node: string): Promise<void> {
    const place = this.element.querySelector(".expand-place");
    if (!place) return;
    place.replaceChildren(el("p", { class: "mute" }, t("Counting …")));
    try {
      const counts = Object.entries(await this.canvas.preview(node)).filter(([, n]) => n > 0);
      if (counts.length === 0) place.replaceChildren(el("p", { class: "mute" }, t("Nothing more that you may see.")));
      else place.replaceChildren(this.expandForm(node, counts));
    } catch (error) {
      place.replaceChildren(this.failure(error));
    }
  }

  private expandForm(node: string, counts: [string, number][]): HTMLElement {
    const go = el("button", { type: "submit", class: "btn sm go" });
    const form = el(
      "form",
      { class: "choices" },
      ...counts.map(([kind, n]) => el("label", {}, el("input", { type: "checkbox", name: "kind", value: kind, checked: true, "data-n": n }), `${kindWord(kind)}: ${formatNumber(n)}`)),
      el("div", { class: "actions" }, go),
    );
    const ticked = (): HTMLInputElement[] => [...form.querySelectorAll<HTMLInputElement>("input:checked")];
    const say = (): void => {
      const sum = ticked().reduce((total, box) => total + Number(box.dataset["n"]), 0);
      go.textContent = t("Add {n}", { n: formatNumber(sum) });
      go.disabled = sum === 0;
    };
    form.addEventListener("change", say);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.canvas.expand(node, ticked().map((box) => box.value)).catch((error: unknown) => form.replaceChildren(this.failure(error)));
    });
    say();
    return form;
  }

  private failure(error: unknown): HTMLElement {
    return el("p", { class: "bad", role: "alert" }, t("The server could not expand this: {reason}", { reason: error instanceof Error ? error.message : String(error) }));
  }
}
