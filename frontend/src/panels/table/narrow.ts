import { queries } from "../../api/queries";
import type { Catalogue } from "../../api/types";
import { both, readCql, writeCql, type Condition, type TypeOf } from "../../lib/cql";
import { setFilter, useReading } from "../../state/reading";
import { openFilter } from "../../state/table";

/** The types of a layer's properties. */
export const typesOf = (layer: string): TypeOf => {
  const known = queries.getQueryData<Catalogue>(["layers"])?.layers.find((l) => l.name === layer);
  return (name) => known?.properties?.find((p) => p.name === name)?.type;
};

/** Adds a condition to a layer's filter; one on the same property and of the same kind gives way to it. */
export function narrow(layer: string, condition: Condition): void {
  const now = useReading.getState().filters[layer] ?? "";
  const simple = readCql(now);
  const one = writeCql({ join: "AND", conditions: [condition] }, typesOf(layer));
  if (!simple || (simple.join === "OR" && simple.conditions.length > 1)) setFilter(layer, both(now, one));
  else {
    const others = simple.conditions.filter((c) => c.property !== condition.property || c.operator !== condition.operator);
    setFilter(layer, writeCql({ join: "AND", conditions: [...others, condition] }, typesOf(layer)));
  }
  openFilter();
}
