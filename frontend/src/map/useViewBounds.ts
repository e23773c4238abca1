import { useEffect, useState } from "react";
import type { Bounds } from "../api/types";
import { useMap } from "./current";

/** The bounds of the view between the panels, once the map has come to rest; null while nobody asks. */
export function useViewBounds(wanted: boolean): Bounds | null {
  const view = useMap((m) => m.view);
  const [bounds, setBounds] = useState<Bounds | null>(null);
  useEffect(() => {
    if (!view || !wanted) return;
    const look = () => setBounds(view.bounds());
    look();
    view.map.on("moveend", look);
    return () => void view.map.off("moveend", look);
  }, [view, wanted]);
  return wanted ? bounds : null;
}
