import { create } from "zustand";
import type { StyleSpecification } from "maplibre-gl";
import type { MapView } from "./view";

/** How far small-scale maps are that the map waits for, 0 to 1, by layer. */
export type Making = Record<string, number>;

/** The map that is on the screen now, for panels; null until it is there. */
export const useMap = create<{ view: MapView | null; style: StyleSpecification | undefined; failed: boolean; making: Making }>(() => ({ view: null, style: undefined, failed: false, making: {} }));
