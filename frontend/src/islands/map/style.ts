import type { FeatureCollection, LineString } from "geojson";
import type { FilterSpecification, StyleSpecification } from "maplibre-gl";

import { mix, token } from "../../shared/colours";

/** Lines of longitude and latitude: without tiles they say where on Earth one is. */
export function graticule(): FeatureCollection<LineString> {
  const features: FeatureCollection<LineString>["features"] = [];
  const add = (coordinates: [number, number][], step: number): void => {
    features.push({ type: "Feature", properties: { step }, geometry: { type: "LineString", coordinates } });
  };
  for (let longitude = -180; longitude <= 180; longitude += 1) {
    add([-80, -40, 0, 40, 80].map((latitude) => [longitude, latitude]), longitude % 10 === 0 ? 10 : 1);
  }
  for (let latitude = -80; latitude <= 80; latitude += 1) {
    add([-180, -90, 0, 90, 180].map((longitude) => [longitude, latitude]), latitude % 10 === 0 ? 10 : 1);
  }
  return { type: "FeatureCollection", features };
}

const NOT_CLUSTERED: FilterSpecification = ["!", ["has", "point_count"]];

/** Five steps of one hue from the ground to the accent: a value reads by lightness, in both themes. */
export function ramp(): string[] {
  return [0.12, 0.32, 0.52, 0.74, 1].map((share) => mix(token("surface"), token("chart"), share));
}

export interface StyleParts {
  countries: FeatureCollection;
  tiles: string | null;
  breaks: number[];
}

function tileLayers(): StyleSpecification["layers"] {
  const land = mix(token("surface"), token("sunken"), 0.5);
  return [
    { id: "tile-earth", type: "fill", source: "tiles", "source-layer": "earth", paint: { "fill-color": land } },
    { id: "tile-landuse", type: "fill", source: "tiles", "source-layer": "landuse", paint: { "fill-color": token("sunken"), "fill-opacity": 0.6 } },
    { id: "tile-water", type: "fill", source: "tiles", "source-layer": "water", paint: { "fill-color": mix(token("surface"), token("accent"), 0.14) } },
    { id: "tile-buildings", type: "fill", source: "tiles", "source-layer": "buildings", minzoom: 14, paint: { "fill-color": token("line") } },
    { id: "tile-roads", type: "line", source: "tiles", "source-layer": "roads", paint: { "line-color": token("line-2"), "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 16, 4] } },
    { id: "tile-boundaries", type: "line", source: "tiles", "source-layer": "boundaries", paint: { "line-color": token("control"), "line-dasharray": [3, 2] } },
  ];
}

/** The whole style in the colours of the page; names are drawn with the page's own font, so nothing is fetched from outside. */
export function buildStyle({ countries, tiles, breaks }: StyleParts): StyleSpecification {
  const colours = ramp();
  const [text, surface, control, accent] = [token("text"), token("surface"), token("control"), token("accent")];
  const font = ["Inter Variable"];
  const steps = breaks.flatMap((limit, index) => [limit, colours[index + 1] as string]);
  return {
    version: 8,
    sources: {
      countries: { type: "geojson", data: countries, attribution: "Natural Earth" },
      graticule: { type: "geojson", data: graticule() },
      ...(tiles ? { tiles: { type: "vector" as const, url: tiles } } : {}),
      districts: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
      cells: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
      radius: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
      points: { type: "geojson", data: { type: "FeatureCollection", features: [] }, cluster: true, clusterRadius: 40, clusterMaxZoom: 15 },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": token("bg") } },
      { id: "land", type: "fill", source: "countries", paint: { "fill-color": surface } },
      ...(tiles ? tileLayers() : []),
      { id: "borders", type: "line", source: "countries", paint: { "line-color": token("line-2") } },
      { id: "graticule-fine", type: "line", source: "graticule", minzoom: 5, paint: { "line-color": token("line"), "line-width": 0.5 } },
      { id: "graticule", type: "line", source: "graticule", filter: ["==", ["get", "step"], 10], paint: { "line-color": token("line"), "line-width": 0.75 } },
      {
        id: "cells",
        type: "fill",
        source: "cells",
        paint: { "fill-color": ["step", ["to-number", ["get", "value"], 0], colours[0] as string, ...steps] as never, "fill-opacity": 0.75 },
      },
      { id: "cell-edges", type: "line", source: "cells", minzoom: 11, paint: { "line-color": token("line-2"), "line-width": 0.5 } },
      { id: "districts", type: "line", source: "districts", paint: { "line-color": token("text-2"), "line-width": 1.5 } },
      { id: "uncertainty", type: "fill", source: "radius", paint: { "fill-color": accent, "fill-opacity": 0.1, "fill-outline-color": accent } },
      {
        id: "clusters",
        type: "circle",
        source: "points",
        filter: ["has", "point_count"],
        paint: { "circle-color": accent, "circle-stroke-color": surface, "circle-stroke-width": 1.5, "circle-radius": ["interpolate", ["linear"], ["get", "point_count"], 2, 11, 200, 24] },
      },
      {
        id: "cluster-counts",
        type: "symbol",
        source: "points",
        filter: ["has", "point_count"],
        layout: { "text-field": ["to-string", ["get", "point_count"]], "text-font": font, "text-size": 12, "text-allow-overlap": true },
        paint: { "text-color": token("on-accent") },
      },
      { id: "points", type: "circle", source: "points", filter: NOT_CLUSTERED, paint: { "circle-color": accent, "circle-radius": 5, "circle-stroke-color": surface, "circle-stroke-width": 1.5 } },
      {
        id: "district-names",
        type: "symbol",
        source: "districts",
        layout: { "text-field": ["coalesce", ["get", "label"], ["get", "name"], ""], "text-font": font, "text-size": 12, "text-allow-overlap": true },
        paint: { "text-color": text, "text-halo-color": surface, "text-halo-width": 1.5 },
      },
      {
        id: "country-names",
        type: "symbol",
        source: "countries",
        maxzoom: 7,
        layout: { "text-field": ["get", "name"], "text-font": font, "text-size": 11 },
        paint: { "text-color": control, "text-halo-color": surface, "text-halo-width": 1 },
      },
    ],
  };
}
