import { anyFeature } from "../api/client";
import type { Bounds, Catalogue, LayerInfo } from "../api/types";
import { queries } from "../api/queries";
import { boundsOf } from "../lib/bounds";
import { overlap } from "../lib/tiles";
import { useMap } from "../map/current";
import type { MapView } from "../map/view";
import { setArea, type WorkArea } from "../state/desk";

/** Goes to a work area: its layers, and, where nothing of them could be seen from here, a place where it can. */
export async function enter(area: WorkArea): Promise<void> {
  setArea(area);
  const view = useMap.getState().view;
  const layers = queries.getQueryData<Catalogue>(["layers"])?.layers ?? [];
  const own = layers.filter((l) => area !== "map" && l.theme === area && l.bounds && l.style.preset?.includes(area));
  if (!view || own.length === 0 || own.some((l) => seen(view, l))) return;
  const first = own.reduce((a, b) => (b.drawing.minZoom < a.drawing.minZoom ? b : a));
  if (view.zoomFor(first.bounds!) >= first.drawing.minZoom) return view.fit(first.bounds!);
  const feature = await anyFeature(first.name).catch(() => undefined);
  if (!feature?.geometry) return;
  const [w, s, e, n] = boundsOf(feature.geometry);
  view.fly([(w + e) / 2, (s + n) / 2], first.drawing.minZoom + 1.5);
}

const seen = (view: MapView, { bounds, drawing }: LayerInfo) =>
  view.view().zoom >= drawing.minZoom && overlap(view.map.getBounds().toArray().flat() as Bounds, bounds!) !== null;
