import { useEffect } from "react";
import { follow } from "../api/events";
import { queries } from "../api/queries";
import { useDesk } from "../state/desk";
import { useMap } from "./current";

/** Follows the change log: touched tiles are drawn anew at once, figures soon after. */
export function useFollowing(): void {
  const view = useMap((m) => m.view);
  useEffect(() => {
    if (!view) return;
    let counting: ReturnType<typeof setTimeout> | undefined;
    const stop = follow(
      ({ layer, position, bounds }) => {
        useDesk.setState({ position, heard: Date.now() });
        view.freshness.changed(layer, bounds);
        if (useDesk.getState().selected?.layer === layer) void queries.invalidateQueries({ queryKey: ["feature", layer] });
        clearTimeout(counting);
        counting = setTimeout(() => void queries.invalidateQueries({ queryKey: ["layers"] }), 800);
      },
      (connected) => {
        if (connected && !useDesk.getState().connected) void queries.invalidateQueries();
        useDesk.setState({ connected });
      },
    );
    return () => {
      stop();
      clearTimeout(counting);
    };
  }, [view]);
}
