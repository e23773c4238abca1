import { create } from "zustand";
import type { FeatureRef, Found, LayerInfo } from "../api/types";
import { readLink, writeLink, type Link } from "../lib/link";
import type { LonLat } from "../lib/ellipsoid";
import { useSettings } from "./settings";

export const workAreas = ["map", "planning", "pipeline", "drainage", "evacuation"] as const;
export type WorkArea = (typeof workAreas)[number];
export type Tool = "pick" | "length" | "area";
export const panels = ["layers", "legend", "imports"] as const;
export type Panel = (typeof panels)[number];

type Desk = {
  area: WorkArea;
  own: string[] | null; // layers shown, once the reader has changed what the work area shows; null = as it is
  opacity: Record<string, number>; // percent
  selected: FeatureRef | null;
  leftwards: boolean; // it was picked left of the handle between two sides
  here: Found[]; // everything found under the last click
  pin: LonLat | null;
  panel: Panel | null; // on the left
  tool: Tool;
  connected: boolean;
  position: number; // of the last change heard of
  heard: number | null; // when, ms
};

/** What the page was opened with. */
export const opened: Link = readLink(location.search);

const isArea = (name: string | undefined): name is WorkArea => workAreas.includes(name as WorkArea);

export const useDesk = create<Desk>(() => ({
  area: isArea(opened.area) ? opened.area : "map",
  own: opened.layers ?? null,
  opacity: opened.opacity ?? {},
  selected: opened.feature ?? null,
  panel: opened.import ? "imports" : matchMedia("(min-width: 1024px)").matches ? "layers" : null,
  leftwards: false, here: [], pin: null, tool: "pick", connected: true, position: 0, heard: null,
}));

if (opened.theme) useSettings.setState({ theme: opened.theme, follows: false });
if (opened.lang) useSettings.setState({ lang: opened.lang });

/** The layers a work area shows by itself: its own, on the base that is always there. */
export function presetOf(area: WorkArea, layers: LayerInfo[]): string[] {
  const wants = (l: LayerInfo) => (l.style.preset ?? "").split(",").map((s) => s.trim()).includes(area);
  const ground = new Set(["base", "water"]);
  return layers.filter((l) => (area === "map" ? l.style.visible : wants(l) || (l.style.visible && ground.has(l.theme)))).map((l) => l.name);
}

/** What is shown now. */
export const shownNow = (desk: Pick<Desk, "own" | "area">, layers: LayerInfo[]): string[] => desk.own ?? presetOf(desk.area, layers);

export const setArea = (area: WorkArea): void => useDesk.setState({ area, own: null, opacity: {} });

export function show(name: string, on: boolean, layers: LayerInfo[]): void {
  useDesk.setState((desk) => {
    const shown = shownNow(desk, layers).filter((n) => n !== name);
    return { own: on ? [...shown, name] : shown };
  });
}

export const setOpacity = (name: string, percent: number): void => useDesk.setState((desk) => ({ opacity: { ...desk.opacity, [name]: percent } }));

/** Selects a feature; without what else is here, it is another of what is. */
export const select = (selected: FeatureRef | null, here?: Found[], leftwards = false): void =>
  useDesk.setState((desk) => ({ selected, here: here ?? (selected ? desk.here : []), leftwards: here ? leftwards : desk.leftwards }));

/**
 * The link to what is on the screen. More is what other stores have to say. Full links also say language and theme, but not
 * what is being imported: that is nobody else's.
 */
export function linkNow(view: Link["view"], full: boolean, more: Pick<Link, "filters" | "table" | "asOf" | "compare" | "swipe" | "handle" | "import">): string {
  const { area, own, opacity, selected } = useDesk.getState();
  const { theme, lang, follows } = useSettings.getState();
  return writeLink({
    view, area: area === "map" ? undefined : area, layers: own ?? undefined, opacity, feature: selected ?? undefined, ...more, import: full ? undefined : more.import,
    lang: full || opened.lang ? lang : undefined, theme: full || (opened.theme && !follows) ? theme : undefined,
  });
}
