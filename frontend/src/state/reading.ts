import { create } from "zustand";
import { opened } from "./desk";

/** Two moments beside each other: left of the handle `from`, right of it `to`; null = now. */
export type Compare = { from: string; to: string | null; layer: string | null };

/** What is read of the layers: which features of each, and of which moment. Map, table, statistics and export all ask for the same. */
type Reading = {
  filters: Record<string, string>; // CQL2 text by layer
  asOf: string | null; // RFC 3339; null = now
  compare: Compare | null;
  timing: boolean; // the time bar is open
};

export const useReading = create<Reading>(() => ({
  filters: opened.filters ?? {}, asOf: opened.asOf ?? null,
  compare: opened.compare ? { from: opened.compare.from, to: opened.compare.to ?? null, layer: opened.compare.layer ?? null } : null,
  timing: !!(opened.asOf || opened.compare),
}));

/** Which features of a layer are wanted; "" = all. */
export function setFilter(layer: string, cql: string): void {
  const filters = { ...useReading.getState().filters };
  if ((filters[layer] ?? "") === cql.trim()) return;
  if (cql.trim()) filters[layer] = cql.trim();
  else delete filters[layer];
  useReading.setState({ filters });
}

/** The moment that the map, a click and the table show; null = now. */
export const momentOf = ({ asOf, compare }: Pick<Reading, "asOf" | "compare">): string | null => (compare ? compare.to : asOf);
export const useMoment = (): string | null => useReading(momentOf);

/** Shows another moment, and the bar that says so. */
export const goToMoment = (asOf: string | null): void => useReading.setState({ asOf, compare: null, timing: true });

/** Back to now, and the bar away. */
export function leaveTime(): void {
  useReading.setState({ asOf: null, compare: null, timing: false });
}
