import { useEffect } from "react";
import { useMap } from "./current";
import type { Overlay } from "./overlay";

/** Draws features in one of the page's own overlays for as long as the caller is there. */
export function useOverlay(overlay: Overlay, features: GeoJSON.Feature[]): void {
  const view = useMap((m) => m.view);
  useEffect(() => view?.put(overlay, features), [view, overlay, features]);
  useEffect(() => () => view?.put(overlay, []), [view, overlay]);
}
