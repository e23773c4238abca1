import { useEffect, useState } from "react";
import { useMap } from "../map/current";

const nothing = new Set<string>();

/** The values of a property that occur in what the map has loaded for this view; null until it is known. */
export function useInView(layer: string, property: string | undefined): Set<string> | null {
  const view = useMap((m) => m.view);
  const [values, setValues] = useState<Set<string> | null>(null);
  useEffect(() => {
    if (!view || !property) return;
    const look = () => {
      const now = view.valuesInView(layer, property);
      setValues((before) => (before && before.size === now.size && [...now].every((v) => before.has(v)) ? before : now));
    };
    look();
    return view.onRest(look);
  }, [view, layer, property]);
  return property ? values : nothing;
}
