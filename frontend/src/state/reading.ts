import { create } from "zustand";
import type { Sides } from "../lib/sides";
import { opened, useDesk } from "./desk";

/** Two moments beside each other: left of the handle `from`, right of it `to`; null = now. */
export type Compare = { from: string; to: string | null; layer: string | null };

/** What is read of the layers: which features of each, and of which moment. Map, table, statistics and export all ask for the same. */
type Reading = {
  filters: Record<string, string>; // CQL2 text by layer
  asOf: string | null; // RFC 3339; null = now
  compare: Compare | null;
  swipe: Sides | null; // two layers beside each other, both of the moment that is shown; never while two moments are
  handle: number; // where between the sides, percent of the map's width
  timing: boolean; // the time bar is open
};

export const useReading = create<Reading>(() => ({
  filters: opened.filters ?? {}, asOf: opened.asOf ?? null,
  compare: opened.compare ? { from: opened.compare.from, to: opened.compare.to ?? null, layer: opened.compare.layer ?? null } : null,
  swipe: opened.compare ? null : (opened.swipe ?? null), handle: opened.handle ?? 50,
  timing: !!(opened.compare || (opened.asOf && !opened.swipe)),
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

/** The moment of which the selected feature is read: what was picked left of the handle is read as it was then. */
export function useFeatureMoment(): string | null {
  const leftwards = useDesk((d) => d.leftwards);
  return useReading((r) => (r.compare && leftwards ? r.compare.from : momentOf(r)));
}

/** Shows another moment, and the bar that says so. */
export const goToMoment = (asOf: string | null): void => useReading.setState({ asOf, compare: null, swipe: null, timing: true });

/** Two layers beside each other, in the place of the bar of time; null = no longer. */
export const setSwipe = (swipe: Sides | null): void => useReading.setState(({ asOf, compare }) => ({ swipe, timing: false, compare: null, asOf: asOf ?? compare?.to ?? null }));

export const setHandle = (percent: number): void => useReading.setState({ handle: Math.max(0, Math.min(100, percent)) });

/** The bar of time, in the place of two layers. */
export const openTime = (): void => useReading.setState({ timing: true, swipe: null });

/** Back to now, and the bar away. */
export function leaveTime(): void {
  useReading.setState({ asOf: null, compare: null, timing: false });
}
