import { useEffect } from "react";
import { follow } from "../api/events";
import { queries } from "../api/queries";
import type { Catalogue, Change } from "../api/types";
import { useDesk } from "../state/desk";
import { momentOf, useReading } from "../state/reading";
import { useMap } from "./current";
import { world } from "./freshness";
import type { MapView } from "./view";

/** Follows the change log: touched tiles are drawn anew at once, figures soon after. */
export function useFollowing(): void {
  const view = useMap((m) => m.view);
  useEffect(() => {
    if (!view) return;
    let counting: ReturnType<typeof setTimeout> | undefined;
    const touched = new Set<string>();
    const count = () => {
      void queries.invalidateQueries({ queryKey: ["layers"] });
      touched.forEach((layer) => ["rows", "feature"].forEach((kind) => void queries.invalidateQueries({ queryKey: [kind, layer], predicate: isOfNow })));
      touched.clear();
    };
    const stop = follow({
      onChange: (change) => {
        apply(view, change);
        touched.add(change.layer);
        clearTimeout(counting);
        counting = setTimeout(count, 800);
      },
      onRemade: ({ layer, zoom, bounds }) => {
        view.refresh((freshness) => freshness.remade(layer, zoom, bounds ?? world), showsNow());
      },
      onReset: () => {
        view.sources().forEach((source) => view.refresh((freshness) => freshness.changed(source, null), true));
        void queries.invalidateQueries();
      },
      onState: (connected) => {
        if (connected && !useDesk.getState().connected) void queries.invalidateQueries();
        useDesk.setState({ connected });
      },
    });
    return () => {
      stop();
      clearTimeout(counting);
    };
  }, [view]);
}

/** What was asked of a moment that is past stays as it is. */
const isOfNow = ({ queryKey }: { queryKey: readonly unknown[] }) => {
  const { asOf, compare } = useReading.getState();
  return !queryKey.some((part) => typeof part === "string" && (part === asOf || part === compare?.to || (part === compare?.from && queryKey[2] !== "difference")));
};

const showsNow = () => momentOf(useReading.getState()) === null;

function apply(view: MapView, { layer, position, bounds }: Change): void {
  useDesk.setState({ position, heard: Date.now() });
  if (!showsNow()) return; // the past stands still
  view.refresh((freshness) => freshness.changed(layer, bounds), true);
  if (useDesk.getState().selected?.layer === layer) void queries.invalidateQueries({ queryKey: ["feature", layer] });
  // A layer that is new, or has outgrown the bounds its source was given, needs a new style.
  const known = queries.getQueryData<Catalogue>(["layers"])?.layers.find((l) => l.name === layer);
  const [w, s, e, n] = known?.bounds ?? [Infinity, Infinity, -Infinity, -Infinity];
  const outgrown = bounds && (bounds[0] < w || bounds[1] < s || bounds[2] > e || bounds[3] > n);
  if (!known || outgrown) void queries.invalidateQueries({ queryKey: ["style"] });
}
