import { get, query } from "./client";
import type { Rows } from "./table";

/** A format a layer can be had in, as the server lists them. */
export type ExportFormat = { name: string; title: string };
export type Exportable = { formats: ExportFormat[]; crs: string[] };

type Collection = { links: { rel: string; href: string; title?: string }[]; crs?: string[] };

/** The formats of a layer, and the coordinate systems it is had in, each as its URI. */
export const exportable = (layer: string, signal?: AbortSignal): Promise<Exportable> =>
  get<Collection>(`/ogc/collections/${encodeURIComponent(layer)}?f=json`, signal).then(({ links, crs }) => ({ formats: links.flatMap(formatOf), crs: crs ?? [] }));

function formatOf({ rel, href, title }: Collection["links"][number]): ExportFormat[] {
  const name = new URL(href, location.origin).searchParams.get("f");
  return rel === "enclosure" && name ? [{ name, title: /\(([^()]*(?:\([^()]*\))?[^()]*)\)$/.exec(title ?? "")?.[1] ?? name }] : [];
}

export type ExportChoice = { format: string; crs: string; names: "title" | "name"; codes: "code" | "name" | "both"; ids: string[] | null };

/** Where the file is: of the rows that are asked for, or of those marked. */
export const exportAddress = ({ layer, filter, sort, bounds, asOf }: Rows, { format, crs, names, codes, ids }: ExportChoice): string =>
  `/layers/${encodeURIComponent(layer)}/export${query({
    f: format, crs, names, codes, sortby: sort, "as-of": asOf, ...(ids ? { ids: ids.join() } : { filter, bbox: bounds?.join() }),
  })}`;
