import { useSyncExternalStore } from "react";
import { useMap } from "./current";

/** Something that follows from the zoom; whoever asks is redrawn only when that changes. */
export function useZoom<T>(of: (zoom: number) => T): T {
  const view = useMap((m) => m.view);
  return useSyncExternalStore(
    (changed) => {
      view?.map.on("zoom", changed);
      return () => void view?.map.off("zoom", changed);
    },
    () => of(view?.map.getZoom() ?? 10),
  );
}
