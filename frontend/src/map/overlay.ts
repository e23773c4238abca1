import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

/**
 * What the page itself draws over the catalogue's layers: how something lay before, what became of it, rows that are marked
 * in the table, rows of an import as they would lie, what was found in them, hover, selection, a sketch of what is measured.
 */
export const overlays = ["before", "difference", "chosen", "preview", "findings", "hover", "selection", "sketch"] as const;
export type Overlay = (typeof overlays)[number];

const line = (id: string, source: Overlay, colour: string, width: number, more: object = {}): LayerSpecification => ({
  id, type: "line", source, paint: { "line-color": colour, "line-width": width, ...more }, layout: { "line-join": "round", "line-cap": "round" },
});

const dot = (id: string, source: Overlay, colour: string, radius: number, stroke: string, width: number): LayerSpecification => ({
  id, type: "circle", source, filter: ["==", ["geometry-type"], "Point"],
  paint: { "circle-color": colour, "circle-radius": radius, "circle-stroke-color": stroke, "circle-stroke-width": width },
});

const area = (id: string, source: Overlay, colour: string, opacity: number): LayerSpecification => ({
  id, type: "fill", source, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour, "fill-opacity": opacity },
});

/** Larger for the finding that is looked at. */
const chosen = (yes: number, no: number) => ["case", ["boolean", ["get", "chosen"], false], yes, no] as never;

/** What became of a feature between two moments says its colour; the list beside it says it in words. */
const became = (dark: boolean) =>
  ["match", ["get", "became"], "added", dark ? "#6FBF8B" : "#2F7D4F", "removed", dark ? "#F08A7E" : "#C8372D", dark ? "#F0A35E" : "#C75A14"] as never;

const layers = (dark: boolean): LayerSpecification[] => [
  area("before:fill", "before", dark ? "#8FA0AB" : "#5B6972", 0.18),
  line("before:line", "before", dark ? "#A3B2BC" : "#5B6972", 1.6, { "line-dasharray": [3, 2] }),
  dot("before:dot", "before", dark ? "#8FA0AB" : "#5B6972", 4, dark ? "#10171E" : "#FFFFFF", 1.4),
  area("difference:fill", "difference", became(dark), 0.26),
  line("difference:case", "difference", dark ? "#10171E" : "#FFFFFF", 4.6, { "line-opacity": 0.8 }),
  line("difference:line", "difference", became(dark), 2.2),
  dot("difference:dot", "difference", became(dark), 5.5, dark ? "#10171E" : "#FFFFFF", 1.8),
  area("chosen:fill", "chosen", dark ? "#4BA9C8" : "#176B87", 0.34),
  line("chosen:line", "chosen", dark ? "#4BA9C8" : "#176B87", 2.2),
  dot("chosen:dot", "chosen", dark ? "#4BA9C8" : "#176B87", 6, dark ? "#10171E" : "#FFFFFF", 1.8),
  area("preview:fill", "preview", dark ? "#F0A35E" : "#E8772E", 0.3),
  line("preview:case", "preview", dark ? "#10171E" : "#FFFFFF", 4.4, { "line-opacity": 0.75 }),
  line("preview:line", "preview", dark ? "#F0A35E" : "#C75A14", 1.8),
  dot("preview:dot", "preview", dark ? "#F0A35E" : "#E8772E", 4.5, dark ? "#10171E" : "#FFFFFF", 1.6),
  {
    ...dot("findings:dot", "findings", dark ? "#F08A7E" : "#C8372D", 5, dark ? "#10171E" : "#FFFFFF", 1.6),
    paint: { "circle-color": dark ? "#F08A7E" : "#C8372D", "circle-radius": chosen(9, 5), "circle-stroke-color": dark ? "#10171E" : "#FFFFFF", "circle-stroke-width": chosen(3, 1.6) },
    layout: { "circle-sort-key": chosen(1, 0) },
  } as LayerSpecification,
  line("hover:line", "hover", dark ? "#DDEFF6" : "#176B87", 3),
  dot("hover:dot", "hover", "rgba(0,0,0,0)", 9, dark ? "#DDEFF6" : "#176B87", 1.6),
  area("selection:fill", "selection", "#FF6B1A", 0.28),
  line("selection:case", "selection", "#FFFFFF", 5.4, { "line-opacity": 0.9 }),
  line("selection:line", "selection", "#FF5A00", 2.6),
  dot("selection:dot", "selection", "rgba(255,107,26,.28)", 11, "#FF5A00", 2.6),
  area("sketch:fill", "sketch", dark ? "#F0A35E" : "#E8772E", 0.16),
  line("sketch:case", "sketch", dark ? "#10171E" : "#FFFFFF", 5),
  line("sketch:line", "sketch", dark ? "#F0A35E" : "#E8772E", 2.4),
  dot("sketch:dot", "sketch", "#FFFFFF", 4, dark ? "#C9752B" : "#C75A14", 2),
];

const nothing: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

/** The style with the page's own layers in it, under the first labels. */
export function withOverlays(style: StyleSpecification, dark: boolean, data: Partial<Record<Overlay, GeoJSON.GeoJSON>>): StyleSpecification {
  const at = style.layers.findIndex((l) => l.type === "symbol" && /:(label|icon)$/.test(l.id));
  const cut = at < 0 ? style.layers.length : at;
  const sources = Object.fromEntries(overlays.map((name) => [name, { type: "geojson" as const, data: data[name] ?? nothing, tolerance: 0.1 }]));
  return { ...style, sources: { ...style.sources, ...sources }, layers: [...style.layers.slice(0, cut), ...layers(dark), ...style.layers.slice(cut)] };
}

/** An area under the pointer is tinted by its own tile layer: its outline in tiles is cut where the tiles end. */
export function withHover(layer: LayerSpecification, dark: boolean): LayerSpecification {
  const colour = layer.type === "fill" && layer.paint?.["fill-color"];
  if (!colour || layer.type !== "fill") return layer;
  const tinted = ["interpolate", ["linear"], 0.16, 0, ["to-color", colour], 1, ["to-color", dark ? "#FFFFFF" : "#12465A"]];
  const shown = ["case", ["boolean", ["feature-state", "hover"], false], tinted, ["to-color", colour]];
  return { ...layer, paint: { ...layer.paint, "fill-color": shown as never } };
}
