/** Repeated rows of a form; with `data-prefix` the names and counts follow Django's formsets. */

function rowsPlace(repeat: HTMLElement): HTMLElement {
  return repeat.querySelector<HTMLElement>("[data-repeat-rows]") ?? repeat;
}

function totalField(repeat: HTMLElement): HTMLInputElement | null {
  const prefix = repeat.dataset["prefix"];
  return prefix ? repeat.querySelector<HTMLInputElement>(`input[name="${CSS.escape(prefix)}-TOTAL_FORMS"]`) : null;
}

/** Writes a number over Django's `__prefix__` in every attribute of a fresh row. */
export function number(row: Element, index: number): void {
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes("__prefix__")) element.setAttribute(name, value.replaceAll("__prefix__", String(index)));
    }
  }
}

function add(repeat: HTMLElement): void {
  const template = repeat.querySelector("template");
  if (!template) throw new Error("A [data-repeat] element holds no <template> to copy a row from.");
  const total = totalField(repeat);
  const place = rowsPlace(repeat);
  const index = total ? Number(total.value) : place.querySelectorAll("[data-repeat-row]").length;
  const limit = Number(repeat.dataset["max"] ?? Infinity);
  if (place.querySelectorAll("[data-repeat-row]:not([hidden])").length >= limit) return;
  const fragment = document.importNode(template.content, true);
  const row = fragment.firstElementChild;
  if (!row) return;
  row.setAttribute("data-repeat-row", "");
  number(row, index);
  place.append(row);
  if (total) total.value = String(index + 1);
  row.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
}

function remove(button: Element): void {
  const row = button.closest<HTMLElement>("[data-repeat-row]");
  const repeat = row?.closest<HTMLElement>("[data-repeat]");
  if (!row || !repeat) return;
  const deleted = row.querySelector<HTMLInputElement>('input[name$="-DELETE"]');
  if (deleted) {
    if (deleted.type === "checkbox") deleted.checked = true;
    else deleted.value = "on";
    row.hidden = true;
  } else row.remove();
  repeat.dispatchEvent(new Event("input", { bubbles: true }));
  repeat.querySelector<HTMLElement>("[data-repeat-add]")?.focus();
}

export function startRepeats(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const adder = event.target.closest("[data-repeat-add]")?.closest<HTMLElement>("[data-repeat]");
    if (adder) add(adder);
    const remover = event.target.closest("[data-repeat-remove]");
    if (remover) remove(remover);
  });
}
