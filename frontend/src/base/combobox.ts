import { el } from "../shared/dom";
import { enhance } from "../shared/enhance";
import { getJson } from "../shared/http";
import { t } from "../shared/words";

/** One suggestion; the API may call its parts by any of these names. */
interface Suggestion {
  id?: string | number;
  value?: string | number;
  ref?: string;
  label?: string;
  title?: string;
  name?: string;
  text?: string;
  detail?: string;
  kind?: string;
}

type Answer = Suggestion[] | { results?: Suggestion[]; items?: Suggestion[] };

let serial = 0;

function listOf(answer: Answer): Suggestion[] {
  return Array.isArray(answer) ? answer : (answer.results ?? answer.items ?? []);
}

function labelOf(item: Suggestion): string {
  return item.label ?? item.title ?? item.name ?? item.text ?? item.ref ?? String(item.id ?? item.value ?? "");
}

function valueOf(item: Suggestion): string {
  return String(item.value ?? item.id ?? item.ref ?? "");
}

/** A text field with suggestions from the server, after the ARIA pattern “combobox with list autocomplete”. */
class Combobox {
  private readonly list: HTMLUListElement;
  private readonly hidden: HTMLInputElement | null;
  private items: Suggestion[] = [];
  private active = -1;
  private timer = 0;
  private asked: AbortController | null = null;

  constructor(
    private readonly input: HTMLInputElement,
    private readonly source: string,
  ) {
    serial += 1;
    this.list = el("ul", { class: "combo-list", role: "listbox", id: `openilp-combo-${serial}`, hidden: true, "aria-label": t("Suggestions") });
    const wrapper = el("div", { class: "combo" });
    input.replaceWith(wrapper);
    wrapper.append(input, this.list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, autocomplete: "off" })) {
      input.setAttribute(name, value);
    }
    this.hidden = this.valueField();
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => this.onPick(event));
  }

  /** With `data-value-name` the chosen id goes into a hidden field of that name, else the reference into the field itself. */
  private valueField(): HTMLInputElement | null {
    const name = this.input.dataset["valueName"];
    if (!name) return null;
    const scope = this.input.form ?? this.input.parentElement;
    const found = scope?.querySelector<HTMLInputElement>(`input[type="hidden"][name="${CSS.escape(name)}"]`);
    if (found) return found;
    const made = el("input", { type: "hidden", name });
    this.input.after(made);
    return made;
  }

  private later(): void {
    if (this.hidden) this.hidden.value = "";
    clearTimeout(this.timer);
    const query = this.input.value.trim();
    if (query.length < Number(this.input.dataset["minimum"] ?? 2)) {
      this.close();
      return;
    }
    this.timer = window.setTimeout(() => void this.fetch(query), 180);
  }

  private async fetch(query: string): Promise<void> {
    this.asked?.abort();
    this.asked = new AbortController();
    const address = new URL(this.source, document.baseURI);
    address.searchParams.set("q", query);
    try {
      this.items = listOf(await getJson<Answer>(address.href, this.asked.signal)).slice(0, 20);
      this.show(t("Nothing found. Type the whole reference, or create a new record."));
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      this.items = [];
      this.show(t("Suggestions are not available now. Type the whole reference."));
      console.error(error);
    }
  }

  private show(emptyText: string): void {
    this.active = -1;
    const options = this.items.map((item, index) =>
      el(
        "li",
        { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false", "data-index": index },
        labelOf(item),
        item.detail ?? item.kind ? el("span", { class: "mute" }, item.detail ?? item.kind) : null,
        item.ref && item.ref !== labelOf(item) ? el("span", { class: "mute ref" }, item.ref) : null,
      ),
    );
    this.list.replaceChildren(...(options.length > 0 ? options : [el("li", { class: "none" }, emptyText)]));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  private close(): void {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  private mark(index: number): void {
    if (this.items.length === 0) return;
    this.active = (index + this.items.length) % this.items.length;
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === this.active)));
    const option = this.list.children[this.active];
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "ArrowDown" && this.list.hidden) void this.fetch(this.input.value.trim());
    else if (event.key === "ArrowDown") this.mark(this.active + 1);
    else if (event.key === "ArrowUp" && !this.list.hidden) this.mark(this.active - 1);
    else if (event.key === "Escape" && !this.list.hidden) this.close();
    else if (event.key === "Enter" && !this.list.hidden && this.active >= 0) this.choose(this.active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private onPick(event: MouseEvent): void {
    const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-index]") : null;
    event.preventDefault();
    if (option) this.choose(Number(option.dataset["index"]));
  }

  private choose(index: number): void {
    const item = this.items[index];
    if (!item) return;
    this.input.value = this.hidden ? labelOf(item) : (item.ref ?? valueOf(item));
    if (this.hidden) this.hidden.value = valueOf(item);
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    this.input.dispatchEvent(new CustomEvent("openilp:chosen", { bubbles: true, detail: item }));
  }
}

export function startComboboxes(): void {
  enhance("input[data-autocomplete]", (input) => {
    const source = input.dataset["autocomplete"];
    if (input instanceof HTMLInputElement && source) new Combobox(input, source);
  });
}
