import type { SourceSpecification } from "maplibre-gl";

/** What is asked of the layers beyond where: CQL2 filters by layer, and a moment; null = now. */
export type Asked = { filters: Record<string, string>; asOf: string | null };

/** The address of tiles with the question in it. */
export function askedTiles(tiles: string[], layer: string, { filters, asOf }: Asked): string[] {
  const query = [filters[layer] && `filter=${encodeURIComponent(filters[layer])}`, asOf && `as-of=${encodeURIComponent(asOf)}`].filter(Boolean).join("&");
  return query ? tiles.map((address) => `${address}${address.includes("?") ? "&" : "?"}${query}`) : tiles;
}

/** Sources whose tiles are asked for so. Layers whose past is not kept are always of now. */
export const askedSources = (sources: Record<string, SourceSpecification>, asked: Asked, timeless: ReadonlySet<string>): Record<string, SourceSpecification> =>
  Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, askedSource(name, source, asked, timeless)]));

function askedSource(name: string, source: SourceSpecification, asked: Asked, timeless: ReadonlySet<string>): SourceSpecification {
  if (source.type !== "vector" || !source.tiles) return source;
  return { ...source, tiles: askedTiles(source.tiles, name, timeless.has(name) ? { ...asked, asOf: null } : asked) };
}
