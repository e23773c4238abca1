import { ask, get, query } from "./client";
import type { Bounds, Feature } from "./types";

/** Which rows of a layer are asked for, and in what order. */
export type Rows = { layer: string; filter: string; sort: string; bounds: Bounds | null; asOf: string | null };

export type RowIndex = { position: number; count: number; ids: (string | number)[] };

const word = encodeURIComponent;

/** The ids of all rows, in order: the table's index. */
export const rowIndex = ({ layer, filter, sort, bounds, asOf }: Rows, signal?: AbortSignal) =>
  get<RowIndex>(`/layers/${word(layer)}/ids${query({ filter, sortby: sort, bbox: bounds?.join(), "as-of": asOf })}`, signal);

/** The first rows in order, and how many there are: there long before the index of all is. */
export const firstRows = ({ layer, filter, sort, bounds, asOf }: Rows, limit: number, signal?: AbortSignal) =>
  get<{ features: Feature[]; numberMatched: number }>(
    `/ogc/collections/${word(layer)}/items${query({ f: "json", limit, skipGeometry: "true", filter, sortby: sort, bbox: bounds?.join(), "as-of": asOf })}`, signal,
  );

/** Some rows by id, without geometry unless it is wanted; in no order, and without those that are gone. */
export const rowsOf = (layer: string, ids: (string | number)[], asOf: string | null, geometry: boolean, signal?: AbortSignal) =>
  get<{ features: Feature[] }>(
    `/ogc/collections/${word(layer)}/items${query({ f: "json", limit: ids.length, ids: ids.join(), skipGeometry: geometry ? null : "true", "as-of": asOf })}`, signal,
  ).then((page) => page.features);

/** The bounds of a bin, and how many values lie in it. */
export type Bin = { from: number | string; to: number | string; count: number };
export type TopValue = { value: string | number | boolean | null; count: number; name?: string; nameEn?: string };
export type Statistics = {
  property: string; count: number; nulls: number; distinct: number; min?: number | string; max?: number | string; mean?: number; sum?: number;
  histogram?: Bin[] | null; values?: TopValue[] | null;
};

export const statistics = ({ layer, filter, bounds, asOf }: Rows, property: string, signal?: AbortSignal) =>
  get<Statistics>(`/layers/${word(layer)}/statistics${query({ property, filter, bbox: bounds?.join(), "as-of": asOf })}`, signal);

/** How many features a filter leaves; a bad filter is a Problem with the place that is wrong. */
export const countOf = (layer: string, filter: string, asOf: string | null, signal?: AbortSignal) =>
  ask(`/ogc/collections/${word(layer)}/items${query({ f: "json", limit: 1, skipGeometry: "true", filter, "filter-lang": "cql2-text", "as-of": asOf })}`, { signal })
    .then((answer) => answer.json() as Promise<{ numberMatched: number }>).then((page) => page.numberMatched);
