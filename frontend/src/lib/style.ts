import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

/** What a style layer of ours says about itself. */
export type Mark = { "onemap:layer"?: string; "onemap:kind"?: string; "onemap:legend"?: boolean };
export const markOf = (layer: LayerSpecification): Mark => (layer.metadata ?? {}) as Mark;

/** One drawn class: a code, or null for what has none, and how it looks. */
export type Sample = { code: string | null; colour: string; pattern?: "hatch" | "icon" };
export type LegendOf = { kind: string; dash: boolean; edge?: string; opacity: number; samples: Sample[] };

/** Reads a layer's legend out of the style itself, so that it can never say anything else than the map. */
export function legendOf(style: StyleSpecification | undefined, name: string): LegendOf | null {
  const own = style?.layers.filter((l) => markOf(l)["onemap:layer"] === name) ?? [];
  const drawn = own.find((l) => markOf(l)["onemap:legend"]);
  if (!drawn) return null;
  const paint = (drawn as { paint?: Record<string, unknown> }).paint ?? {};
  const layout = (drawn as { layout?: Record<string, unknown> }).layout ?? {};
  const value = paint["fill-pattern"] ?? paint["fill-color"] ?? paint["line-color"] ?? paint["circle-color"] ?? layout["icon-image"] ?? paint["text-color"];
  const edge = own.find((l) => l.id.endsWith(":edge")) as { paint?: Record<string, unknown> } | undefined;
  const edgeColour = edge?.paint?.["line-color"] ?? paint["fill-outline-color"];
  const opacity = paint["fill-opacity"];
  return {
    kind: drawn.type === "symbol" && !layout["icon-image"] ? "label" : drawn.type === "line" ? "line" : markOf(drawn)["onemap:kind"] ?? drawn.type,
    dash: Array.isArray(paint["line-dasharray"]) && typeof (paint["line-dasharray"] as unknown[])[0] === "number",
    edge: typeof edgeColour === "string" ? edgeColour : undefined,
    opacity: typeof opacity === "number" ? opacity : 1,
    samples: samples(value),
  };
}

function samples(value: unknown): Sample[] {
  if (typeof value === "string") return [sample(null, value)];
  if (!Array.isArray(value) || value[0] !== "match") return [];
  const found: Sample[] = [];
  for (let i = 2; i + 1 < value.length; i += 2) found.push(...[value[i]].flat().map((code) => sample(String(code), String(value[i + 1]))));
  return [...found, sample(null, String(value[value.length - 1]))];
}

function sample(code: string | null, value: string): Sample {
  const image = /^(hatch|icon)-(?:.*-)?([0-9A-F]{6})$/i.exec(value);
  return image ? { code, colour: `#${image[2]}`, pattern: image[1] as "hatch" | "icon" } : { code, colour: value };
}

const opacities: Record<string, string[]> = {
  fill: ["fill-opacity"], line: ["line-opacity"], circle: ["circle-opacity", "circle-stroke-opacity"], symbol: ["icon-opacity", "text-opacity"],
};

/** The opacities of a style layer when its layer is seen at so much (0 to 1) of what the style says. */
export function faded(layer: LayerSpecification, share: number): [property: string, value: unknown][] {
  const paint = (layer as { paint?: Record<string, unknown> }).paint ?? {};
  return (opacities[layer.type] ?? []).map((property) => [property, scaled(paint[property] ?? 1, share)]);
}

function scaled(value: unknown, share: number): unknown {
  if (typeof value === "number") return value * share;
  if (Array.isArray(value) && value[0] === "interpolate") return value.map((v, i) => (i > 3 && i % 2 === 0 && typeof v === "number" ? v * share : v));
  return share;
}

/** How strong the ground of the county is: full where the land whose tint it has lies on it, faint under pipes and lines alone. */
export function groundOpacity(layers: readonly LayerSpecification[], shown: ReadonlySet<string>): number {
  const colour = (layer: LayerSpecification) => (layer.type === "fill" ? layer.paint?.["fill-color"] : undefined);
  const tint = layers.filter((l) => l.id.endsWith(":ground")).map(colour)[0];
  const land = layers.findLast((l) => !l.id.endsWith(":ground") && samples(colour(l)).some((s) => s.colour === tint)); // over settlements, which have its colours too
  return !land || shown.has(markOf(land)["onemap:layer"]!) ? 1 : 0.35;
}
