import type { LayerInfo, Property } from "../api/types";

/** A column of the attribute table. */
export type Column = { property: Property; width: number; figures: boolean };

/** The columns of a layer, as wide as what they hold and what stands above them. */
export const columnsOf = (layer: LayerInfo, titleOf: (p: Property) => string): Column[] =>
  (layer.properties ?? []).filter((p) => p.role !== "hidden").map((property) => ({
    property, width: Math.max(widthOf(property), wide(titleOf(property)) + (property.unit ? 30 : 0) + 52), figures: property.type === "number" || property.type === "integer",
  }));

function widthOf(p: Property): number {
  if (p.scheme) return 168;
  if (p.role === "search") return 188;
  return { integer: 88, number: 112, boolean: 72, date: 112, "date-time": 148, object: 180, string: (p.width ?? 40) >= 60 ? 196 : 120 }[p.type];
}

/** About how wide a text of 13 pixels is. */
const wide = (text: string) => [...text].reduce((sum, c) => sum + (c > "\u2e80" ? 13 : 7.2), 0);

/** The blocks of rows that hold these, each by the index of its first row. */
export function blocksOf(first: number, last: number, count: number, size: number): number[] {
  const found: number[] = [];
  for (let at = Math.floor(first / size) * size; at <= Math.min(last, count - 1); at += size) found.push(at);
  return found;
}

/** The rows from one to another, whichever stands first. */
export const span = <T>(all: readonly T[], a: number, b: number): T[] => all.slice(Math.max(0, Math.min(a, b)), Math.max(a, b) + 1);
