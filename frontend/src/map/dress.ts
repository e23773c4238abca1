import type { StyleSpecification } from "maplibre-gl";
import { askedSources, type Asked } from "../lib/asked";
import { faded, groundOpacity, markOf } from "../lib/style";
import { withHover } from "./overlay";

/** How the reader has the map: what is shown, how faded, and what is asked of the layers. */
export type Dress = { dark: boolean; shown: string[]; opacity: Record<string, number>; asked: Asked; timeless: ReadonlySet<string> };

/** A style as the server made it, dressed as the reader has it. */
export function dress(style: StyleSpecification, { dark, shown, opacity, asked, timeless }: Dress): StyleSpecification {
  const on = new Set(shown);
  const ground = groundOpacity(style.layers, on);
  const layers = style.layers.map((layer) => {
    const name = markOf(layer)["onemap:layer"];
    if (!name) return layer;
    if (layer.id.endsWith(":ground")) return { ...layer, paint: { ...layer.paint, "fill-opacity": ground } } as typeof layer;
    const dressed = { ...withHover(layer, dark), layout: { ...layer.layout, visibility: on.has(name) ? "visible" : "none" } } as typeof layer;
    const percent = opacity[name] ?? 100;
    return percent === 100 ? dressed : ({ ...dressed, paint: { ...dressed.paint, ...Object.fromEntries(faded(layer, percent / 100)) } } as typeof layer);
  });
  return { ...style, layers, sources: askedSources(style.sources, asked, timeless) };
}
