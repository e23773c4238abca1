import { useMemo } from "react";
import { legendOf } from "../lib/style";
import { useMap } from "../map/current";
import { Swatch } from "./Swatch";

/** A small picture of how a layer is drawn. */
export function LayerSign({ name }: { name: string }) {
  const style = useMap((m) => m.style);
  const legend = useMemo(() => legendOf(style, name), [style, name]);
  return legend && <Swatch legend={legend} />;
}
