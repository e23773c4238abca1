import { create } from "zustand";
import type { StyleSpecification } from "maplibre-gl";
import type { MapView } from "./view";

/** The map that is on the screen now, for panels; null until it is there. */
export const useMap = create<{ view: MapView | null; style: StyleSpecification | undefined; failed: boolean }>(() => ({ view: null, style: undefined, failed: false }));
