import type { Bounds } from "../api/types";
import type { LonLat } from "./ellipsoid";

/** Every position of a geometry, in order. */
export function* positions(shape: GeoJSON.Geometry): Generator<LonLat> {
  if (shape.type === "GeometryCollection") for (const part of shape.geometries) yield* positions(part);
  else yield* flat(shape.coordinates);
}

type Nested = number[] | Nested[];

function* flat(nested: Nested): Generator<LonLat> {
  if (typeof nested[0] === "number") yield [nested[0], nested[1] as number];
  else for (const part of nested as Nested[]) yield* flat(part);
}

/** The bounds of a geometry, in degrees. */
export function boundsOf(shape: GeoJSON.Geometry): Bounds {
  const bounds: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of positions(shape)) {
    bounds[0] = Math.min(bounds[0], x);
    bounds[1] = Math.min(bounds[1], y);
    bounds[2] = Math.max(bounds[2], x);
    bounds[3] = Math.max(bounds[3], y);
  }
  return bounds;
}

/** Rings of a polygon or of many, each as outer ring and holes. */
export const polygonsOf = (shape: GeoJSON.Geometry): LonLat[][][] =>
  (shape.type === "Polygon" ? [shape.coordinates] : shape.type === "MultiPolygon" ? shape.coordinates : []) as LonLat[][][];

/** Lines of a line or of many. */
export const linesOf = (shape: GeoJSON.Geometry): LonLat[][] =>
  (shape.type === "LineString" ? [shape.coordinates] : shape.type === "MultiLineString" ? shape.coordinates : []) as LonLat[][];
