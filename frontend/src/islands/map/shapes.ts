import type { Feature, FeatureCollection, Geometry, Point, Polygon } from "geojson";

const EARTH_M = 6_371_008.8;

/** A circle of metres round a point, as a polygon: the uncertainty of a place is drawn, not hidden. */
export function circle([longitude, latitude]: [number, number], radiusM: number, corners = 48): Polygon {
  const angle = radiusM / EARTH_M;
  const lat = (latitude * Math.PI) / 180;
  const ring = Array.from({ length: corners + 1 }, (_value, index): [number, number] => {
    const bearing = (2 * Math.PI * index) / corners;
    const other = Math.asin(Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing));
    const turn = Math.atan2(Math.sin(bearing) * Math.sin(angle) * Math.cos(lat), Math.cos(angle) - Math.sin(lat) * Math.sin(other));
    return [longitude + (turn * 180) / Math.PI, (other * 180) / Math.PI];
  });
  return { type: "Polygon", coordinates: [ring] };
}

export function uncertainty(points: FeatureCollection): FeatureCollection<Polygon> {
  const features = points.features
    .filter((feature): feature is Feature<Point> => feature.geometry?.type === "Point" && Number(feature.properties?.["radius_m"]) > 0)
    .map((feature): Feature<Polygon> => ({
      type: "Feature",
      properties: feature.properties,
      geometry: circle(feature.geometry.coordinates as [number, number], Number(feature.properties?.["radius_m"])),
    }));
  return { type: "FeatureCollection", features };
}

export type Box = [west: number, south: number, east: number, north: number];

function positions(geometry: Geometry): number[][] {
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(positions);
  return (geometry.coordinates as unknown[]).flat(Infinity).reduce<number[][]>((pairs, value, index, flat) => {
    if (index % 2 === 0) pairs.push([value as number, flat[index + 1] as number]);
    return pairs;
  }, []);
}

/** The box of everything that is drawn; null when nothing is. */
export function boxOf(collections: FeatureCollection[]): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { features } of collections) {
    for (const { geometry } of features) {
      if (!geometry) continue;
      for (const [x = Number.NaN, y = Number.NaN] of positions(geometry)) {
        box[0] = Math.min(box[0], x);
        box[1] = Math.min(box[1], y);
        box[2] = Math.max(box[2], x);
        box[3] = Math.max(box[3], y);
      }
    }
  }
  return Number.isFinite(box[0]) ? box : null;
}

/** Four limits that cut the values above zero into five classes of about equal size. */
export function breaksOf(values: number[]): number[] {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  if (sorted.length === 0) return [1, 2, 3, 4];
  const limits = [0.2, 0.4, 0.6, 0.8].map((share) => sorted[Math.floor(share * (sorted.length - 1))] as number);
  // A style takes rising limits only; equal quantiles are moved apart by a hair.
  return limits.reduce<number[]>((rising, limit) => [...rising, Math.max(limit, (rising.at(-1) ?? 0) + 1e-9)], []);
}
