import { linkNow, useDesk } from "../state/desk";
import { useImporting } from "../state/importing";
import { useSettings } from "../state/settings";
import type { MapView } from "./view";

/** Keeps the browser's address saying what is on the screen, so that copying it is sharing. Returns how to stop. */
export function keepAddress(view: MapView): () => void {
  let later: ReturnType<typeof setTimeout> | undefined;
  const say = () => {
    clearTimeout(later);
    later = setTimeout(() => {
      const query = linkNow(view.view(), false, useImporting.getState().id);
      history.replaceState(null, "", query ? `?${query}` : location.pathname);
    }, 250);
  };
  view.map.on("moveend", say);
  const stops = [useDesk.subscribe(say), useSettings.subscribe(say), useImporting.subscribe((now, before) => now.id !== before.id && say())];
  return () => {
    clearTimeout(later);
    stops.forEach((stop) => stop());
  };
}

/** The whole link, language and theme included. */
export const fullLink = (view: MapView): string => `${location.origin}${location.pathname}?${linkNow(view.view(), true, null)}`;
