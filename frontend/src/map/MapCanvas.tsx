import { useEffect, useRef } from "react";
import { featureIn } from "../api/client";
import { queries, useCatalogue, useFeature, useStyle } from "../api/queries";
import type { Found, LayerInfo } from "../api/types";
import { useWords } from "../i18n";
import { opened, select, shownNow, useDesk } from "../state/desk";
import { useImporting } from "../state/importing";
import { momentOf, useFeatureMoment, useReading } from "../state/reading";
import { useSettings } from "../state/settings";
import { Sketching } from "../draw/sketching";
import type { Asked } from "../lib/asked";
import { boundsOf } from "../lib/bounds";
import { timelessOf } from "../lib/moment";
import { shownOn } from "../lib/sides";
import { useMap } from "./current";
import { useFollowing } from "./following";
import { Loading } from "./Loading";
import { locales } from "./locale";
import { keepAddress } from "./address";
import { MapView } from "./view";

/** The map. It is made once; everything after is told to it, not drawn anew. */
export function MapCanvas({ reach }: { reach: number }) {
  const container = useRef<HTMLDivElement>(null);
  const { t } = useWords();

  useEffect(() => {
    let view: MapView;
    try {
      view = new MapView(container.current!, opened.view, locales[useSettings.getState().lang], reach);
    } catch {
      useMap.setState({ failed: true });
      return;
    }
    const sketching = new Sketching(view);
    const stop = keepAddress(view);
    listen(view, sketching);
    useMap.setState({ view });
    return () => {
      stop();
      sketching.stop();
      view.map.remove();
      useMap.setState({ view: null });
    };
  }, [reach]);

  useDrawn();
  useSelection();
  useFollowing();
  return (
    <>
      <div ref={container} className="map" role="region" aria-label={t("map.label")} />
      <MapState />
    </>
  );
}

/** Where the map is not all there: what keeps it from being drawn, in plain words, or that it is still coming. */
function MapState() {
  const { t, english } = useWords();
  const failed = useMap((m) => m.failed);
  const theme = useSettings((s) => s.theme);
  const { error, data, refetch } = useStyle(theme);
  if (failed) return <p className="map-failed" role="alert">{t("map.failed")}</p>;
  if (!error || data) return <Loading />;
  return (
    <div className="map-failed" role="alert">
      <p>{t("error.style")}{english ? ". " : "。"}{t("error.server")}</p>
      <button className="button primary" onClick={() => void refetch()}>{t("error.retry")}</button>
    </div>
  );
}

/** Clicks select, moves hover; while something is measured both belong to the sketch. */
function listen(view: MapView, sketching: Sketching): void {
  view.onClick(({ point }) => {
    if (useDesk.getState().tool !== "pick" || sketching.justFinished()) return;
    const finding = view.findingAt(point);
    if (finding !== null) return useImporting.setState({ chosen: finding });
    const here = view.at(point);
    const cluster = here.length === 0 && view.clusterAt(point);
    if (cluster) return view.fly(cluster, Math.floor(view.map.getZoom()) + 2);
    select(here[0] ? { layer: here[0].layer, id: here[0].id } : null, here, view.isBeside(point));
    void belowMerged(view.mergedAt(point), here, askedAt(view.isBeside(point)));
    const height = view.map.getContainer().clientHeight;
    if (here.length > 0 && underSheet(view) && point.y > height * 0.48) view.map.panBy([0, point.y - height * 0.3]);
  });
  if (!matchMedia("(hover: hover)").matches) return;
  let frame = 0;
  view.map.on("mousemove", ({ point }) => {
    cancelAnimationFrame(frame);
    if (useDesk.getState().tool !== "pick" || view.map.isMoving()) return;
    frame = requestAnimationFrame(() => (view.map.getCanvas().style.cursor = view.hover(point) || view.clusterAt(point) ? "pointer" : ""));
  });
  view.map.on("mouseout", () => view.hover(null));
  view.map.on("movestart", () => view.hover(null));
}

/** Adds to what was clicked on the features that mosaics and merged lines stand for there, unless something else has been by then. */
async function belowMerged(merged: ReturnType<MapView["mergedAt"]>, here: Found[], { filters, asOf }: Asked): Promise<void> {
  const features = await Promise.all(merged.map(({ layer, within }) => featureIn(layer, within, filters[layer], asOf).catch(() => undefined)));
  const found = features.flatMap((f, i) => (f ? [{ layer: merged[i]!.layer, id: String(f.id), properties: f.properties }] : []));
  if (found.length === 0 || useDesk.getState().here !== here) return;
  const all = [...here, ...found];
  select({ layer: all[0]!.layer, id: all[0]!.id }, all, useDesk.getState().leftwards);
}

/** On a phone the sheet covers the lower half: what was tapped there comes up. */
const underSheet = (view: MapView) => view.map.getContainer().clientWidth < 640;

/** The style follows the theme; what is shown follows the desk; what is asked of the layers follows what is read. */
function useDrawn(): void {
  const view = useMap((m) => m.view);
  const theme = useSettings((s) => s.theme);
  const { data: style } = useStyle(theme);
  const known = useCatalogue().data?.layers;
  const latest = useRef(known);
  useEffect(() => void (latest.current = known), [known]);
  const ready = !!known;
  useEffect(() => {
    if (!view || !known) return;
    view.show(shownHere(known)); // a layer that has just come may be one to show
    const names = new Set(known.map((l) => l.name));
    if (view.sources().some((name) => !names.has(name))) void queries.invalidateQueries({ queryKey: ["style"] }); // one that is gone is drawn no more
  }, [view, known]);
  useEffect(() => {
    if (!view || !style || !ready) return;
    const shown = () => shownHere(latest.current ?? []);
    const timeless = () => timelessOf(latest.current ?? []);
    const desk = useDesk.getState();
    view.draw(style, { dark: theme === "dark", shown: shown(), opacity: desk.opacity, asked: askedAt(false), timeless: timeless() });
    useMap.setState({ style });
    let before = desk;
    const stops = [
      useReading.subscribe((now, then) => {
        view.ask(askedAt(false), timeless());
        if (now.swipe !== then.swipe) view.show(shown());
      }),
      useDesk.subscribe((now) => {
        if (now.own !== before.own || now.area !== before.area) view.show(shown());
        if (now.opacity !== before.opacity) {
          for (const name of new Set([...Object.keys(now.opacity), ...Object.keys(before.opacity)]))
            if (now.opacity[name] !== before.opacity[name]) view.fade(name, now.opacity[name] ?? 100);
        }
        before = now;
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, [view, style, theme, ready]);
}

/** What the map itself shows: between two layers, it is their right side. */
const shownHere = (layers: LayerInfo[]): string[] => shownOn("right", shownNow(useDesk.getState(), layers), useReading.getState().swipe);

/** What is asked of the layers; left of the handle between two moments, it is asked of the earlier. */
function askedAt(leftwards: boolean): Asked {
  const reading = useReading.getState();
  return { filters: reading.filters, asOf: leftwards && reading.compare ? reading.compare.from : momentOf(reading) };
}

/** The one selected feature is drawn from its true geometry, not from tiles that cut it. */
function useSelection(): void {
  const view = useMap((m) => m.view);
  const selected = useDesk((d) => d.selected);
  const { data } = useFeature(selected, useFeatureMoment());
  const first = useRef(opened.feature && !opened.view);
  useEffect(() => {
    if (!view) return;
    const shape = selected && data?.geometry ? data.geometry : null;
    view.put("selection", shape ? [{ type: "Feature", properties: {}, geometry: shape }] : []);
    if (shape && first.current) {
      first.current = false;
      view.fit(boundsOf(shape), 17);
    }
  }, [view, selected, data]);
}
