import { getJson } from "./http";

/** The data of an island: from the page (`data-json`, the id of a JSON script) or from the API (`data-source`). */
export async function islandData<T>(element: HTMLElement): Promise<T> {
  const id = element.dataset["json"];
  if (id) {
    const script = document.getElementById(id);
    if (!script?.textContent) throw new Error(`The page holds no JSON with the id “${id}”.`);
    return JSON.parse(script.textContent) as T;
  }
  const address = element.dataset["source"];
  if (!address) throw new Error("The element names neither data-source nor data-json.");
  return getJson<T>(address);
}

/** Whether the browser can draw with WebGL at all; old machines and locked browsers cannot. */
export function hasWebGL(): boolean {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}
