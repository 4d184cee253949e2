import "maplibre-gl/dist/maplibre-gl.css";

import type { FeatureCollection } from "geojson";
import { addProtocol, Map as MapView, NavigationControl, Popup, ScaleControl, type GeoJSONSource, type MapGeoJSONFeature } from "maplibre-gl";
import { Protocol } from "pmtiles";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

import { onThemeChange } from "../../shared/colours";
import { el, icon, sameOriginAddress } from "../../shared/dom";
import { frameMeter } from "../../shared/frames";
import { getJson } from "../../shared/http";
import { hasWebGL } from "../../shared/source";
import { formatNumber, t } from "../../shared/words";
import { buildLegend } from "./legend";
import { boxOf, breaksOf, uncertainty } from "./shapes";
import { buildStyle } from "./style";

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

interface Layers {
  districts: FeatureCollection;
  cells: FeatureCollection;
  points: FeatureCollection;
}

let tilesAreKnown = false;

async function load(element: HTMLElement): Promise<Layers> {
  const get = (address: string | undefined): Promise<FeatureCollection> => (address ? getJson<FeatureCollection>(address) : Promise.resolve(EMPTY));
  const { districts, cells, points, source } = element.dataset;
  const [a, b, c] = await Promise.all([get(districts), get(cells), get(points ?? source)]);
  return { districts: a, cells: b, points: c };
}

/** Natural Earth's countries, as a far background; they lie beside this module's folder. */
async function loadCountries(): Promise<FeatureCollection> {
  const atlas = await getJson<Topology<{ countries: GeometryCollection<{ name: string }> }>>(`${import.meta.url.replace(/islands\/[^/]*$/, "")}map/countries.json`);
  return feature(atlas, atlas.objects.countries);
}

function tileAddress(element: HTMLElement): string | null {
  const address = sameOriginAddress(element.dataset["pmtiles"]);
  if (!address) return null;
  if (!tilesAreKnown) {
    addProtocol("pmtiles", new Protocol().tile);
    tilesAreKnown = true;
  }
  return `pmtiles://${address}`;
}

function valuesOf(cells: FeatureCollection): number[] {
  return cells.features.map((feature) => Number(feature.properties?.["value"] ?? 0));
}

function fill(map: MapView, layers: Layers): void {
  const set = (name: string, data: FeatureCollection): void => {
    (map.getSource(name) as GeoJSONSource | undefined)?.setData(data);
  };
  set("districts", layers.districts);
  set("cells", layers.cells);
  set("points", layers.points);
  set("radius", uncertainty(layers.points));
}

/** The words of a popup, as text: names come from reports and are never markup. */
function describe(feature: MapGeoJSONFeature, unit: string): HTMLElement {
  const facts = feature.properties;
  const title = String(facts["label"] ?? facts["name"] ?? facts["ref"] ?? t("Place"));
  const address = sameOriginAddress(typeof facts["url"] === "string" ? facts["url"] : null);
  const box = el("div", { class: "map-popup" }, address ? el("a", { href: address }, title) : el("b", {}, title));
  if (facts["value"] !== undefined) box.append(el("div", {}, `${formatNumber(Number(facts["value"]), 2)} ${unit}`.trim()));
  if (facts["n"] !== undefined) box.append(el("div", { class: "mute" }, t("n = {n}", { n: formatNumber(Number(facts["n"])) })));
  if (Number(facts["radius_m"]) > 0) box.append(el("div", { class: "mute" }, t("somewhere within {m} m", { m: formatNumber(Number(facts["radius_m"])) })));
  return box;
}

function listen(map: MapView, element: HTMLElement): void {
  const unit = element.dataset["unit"] ?? "";
  map.on("click", (event) => {
    const [feature] = map.queryRenderedFeatures(event.point, { layers: ["clusters", "points", "cells"].filter((id) => map.getLayer(id)) });
    if (feature?.layer.id === "clusters") {
      const source = map.getSource("points") as GeoJSONSource;
      void source.getClusterExpansionZoom(Number(feature.properties["cluster_id"])).then((zoom) => map.easeTo({ center: event.lngLat, zoom }));
    } else if (feature) {
      new Popup({ maxWidth: "280px" }).setLngLat(event.lngLat).setDOMContent(describe(feature, unit)).addTo(map);
    }
    choosePlace(element, event.lngLat.lat, event.lngLat.lng);
  });
}

/** With `data-lat` and `data-lon` a click writes the place into the form. */
function choosePlace(element: HTMLElement, latitude: number, longitude: number): void {
  const { lat, lon } = element.dataset;
  for (const [id, value] of [
    [lat, latitude],
    [lon, longitude],
  ] as const) {
    const field = id ? document.getElementById(id) : null;
    if (!(field instanceof HTMLInputElement)) continue;
    field.value = value.toFixed(5);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Draws the map of the element; without WebGL it says so and leaves the table. */
export async function mount(element: HTMLElement): Promise<void> {
  if (!hasWebGL()) {
    element.replaceChildren(el("div", { class: "state", role: "status" }, icon("info-circle"), el("b", {}, t("This browser cannot draw the map (no WebGL).")), el("p", {}, t("The table says the same."))));
    return;
  }
  const layers = await load(element);
  const values = valuesOf(layers.cells);
  const stage = el("div", { class: element.dataset["height"] === "tall" ? "island-stage tall openilp-map" : "island-stage openilp-map", role: "region", "aria-label": element.getAttribute("aria-label") ?? t("Map") });
  element.replaceChildren(stage);
  const countries = await loadCountries();
  const style = (): ReturnType<typeof buildStyle> => buildStyle({ countries, tiles: tileAddress(element), breaks: breaksOf(values) });
  // What was found is what one came to see: the districts are its surroundings.
  const found = boxOf([layers.cells, layers.points]);
  const box = found ?? boxOf([layers.districts]);
  // Without streets to stand in, a lone point is told by its district.
  const isLone = box !== null && box[0] === box[2] && box[1] === box[3];
  const maxZoom = isLone && !tileAddress(element) ? 11 : 15;
  const map = new MapView({
    container: stage,
    style: style(),
    attributionControl: { compact: true },
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    ...(box ? { bounds: box, fitBoundsOptions: { padding: 32, maxZoom } } : { center: [60, 45] as [number, number], zoom: 2 }),
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.on("render", frameMeter("map"));
  map.on("style.load", () => fill(map, layers));
  listen(map, element);
  let legend = buildLegend(element, values);
  if (legend) stage.append(legend);
  onThemeChange(() => {
    map.setStyle(style());
    const fresh = buildLegend(element, values);
    if (legend && fresh) legend.replaceWith(fresh);
    legend = fresh;
  });
  await new Promise<void>((resolve) => map.once("load", () => resolve()));
}
