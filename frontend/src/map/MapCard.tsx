import { useEffect, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";
import type { LonLat } from "../lib/ellipsoid";
import { useMap } from "./current";

/** A card of the page that stands at a place of the map. */
export function MapCard({ at: [lon, lat], children }: { at: LonLat; children: ReactNode }) {
  const view = useMap((m) => m.view);
  const [element] = useState(() => document.createElement("div"));
  useEffect(() => view?.card([lon, lat], element), [view, element, lon, lat]);
  return createPortal(children, element);
}
