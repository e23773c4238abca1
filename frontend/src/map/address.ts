import { linkNow, useDesk } from "../state/desk";
import { useImporting } from "../state/importing";
import { useReading } from "../state/reading";
import { useSettings } from "../state/settings";
import { useTable } from "../state/table";
import type { MapView } from "./view";

/** Keeps the browser's address saying what is on the screen, so that copying it is sharing. Returns how to stop. */
export function keepAddress(view: MapView): () => void {
  let later: ReturnType<typeof setTimeout> | undefined;
  const say = () => {
    clearTimeout(later);
    later = setTimeout(() => {
      const query = linkNow(view.view(), false, others());
      history.replaceState(null, "", query ? `?${query}` : location.pathname);
    }, 250);
  };
  view.map.on("moveend", say);
  const stops = [useDesk.subscribe(say), useSettings.subscribe(say), useReading.subscribe(say), useTable.subscribe(say), useImporting.subscribe((now, before) => now.id !== before.id && say())];
  return () => {
    clearTimeout(later);
    stops.forEach((stop) => stop());
  };
}

/** The whole link, language and theme included. */
export const fullLink = (view: MapView): string => `${location.origin}${location.pathname}?${linkNow(view.view(), true, others())}`;

/** What is read of the layers, the open table, and what is being imported. */
function others() {
  const { filters, asOf, compare, swipe, handle } = useReading.getState();
  const { layer, sort } = useTable.getState();
  return {
    filters, asOf: (!compare && asOf) || undefined,
    compare: compare ? { from: compare.from, to: compare.to ?? undefined, layer: compare.layer ?? undefined } : undefined,
    swipe: swipe ?? undefined, handle, table: layer ? { layer, sort: sort || undefined } : undefined, import: useImporting.getState().id ?? undefined,
  };
}
