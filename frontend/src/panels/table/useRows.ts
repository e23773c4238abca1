import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { firstRows, rowIndex, rowsOf, type RowIndex, type Rows } from "../../api/table";
import { queries } from "../../api/queries";
import type { Feature } from "../../api/types";
import { blocksOf } from "../../lib/columns";
import { useViewBounds } from "../../map/useViewBounds";
import { useMoment, useReading } from "../../state/reading";
import { useTable } from "../../state/table";

const blockSize = 100;

/** What the open table asks for. */
export function useAsked(layer: string): Rows {
  const filter = useReading((r) => r.filters[layer] ?? "");
  const sort = useTable((t) => t.sort);
  const bounds = useViewBounds(useTable((t) => t.only === "view"));
  const asOf = useMoment();
  return useMemo(() => ({ layer, filter, sort, bounds, asOf }), [layer, filter, sort, bounds, asOf]);
}

const blockKey = (layer: string, asOf: string | null, ids: string[]) => ["rows", layer, "block", asOf, ids.join()];

/** The first rows, while the index of all is on its way: the first block of what it will be, and how many rows follow. */
function useFirst(asked: Rows, wanted: boolean) {
  const { layer, filter, sort, bounds, asOf } = asked;
  const { data } = useQuery({
    queryKey: ["rows", layer, "first", filter, sort, bounds, asOf], enabled: wanted,
    queryFn: async ({ signal }) => {
      const { features, numberMatched } = await firstRows(asked, blockSize, signal);
      const ids = features.map((f) => String(f.id));
      queries.setQueryData(blockKey(layer, asOf, ids), features);
      return { ids, count: numberMatched };
    },
  });
  return useMemo(() => (wanted && data ? [...data.ids, ...new Array<string>(Math.max(0, data.count - data.ids.length)).fill("")] : null), [wanted, data]);
}

/**
 * The ids of all rows in order. While they are on their way: those of the first rows, and "" for each that follows; until those are
 * there, the ids of the question before.
 */
export function useIndex(asked: Rows) {
  const query = useQuery<RowIndex>({
    queryKey: ["rows", asked.layer, "index", asked.filter, asked.sort, asked.bounds, asked.asOf],
    queryFn: ({ signal }) => rowIndex(asked, signal), structuralSharing: false, // to compare them all takes longer than to draw some
    placeholderData: (before, last) => (last?.queryKey[1] === asked.layer ? before : undefined),
  });
  const only = useTable((t) => t.only);
  const chosen = useTable((t) => t.chosen);
  const first = useFirst(asked, only !== "chosen" && (query.isPending || query.isPlaceholderData));
  const all = query.data?.ids;
  const ids = useMemo(() => {
    if (first) return first;
    const texts = (all ?? []).map(String);
    return only === "chosen" ? texts.filter((id) => chosen.has(id)) : texts;
  }, [first, all, only, chosen]);
  return { ...query, ids, known: !!(first ?? all) };
}

/** The rows in view by id; what is not there yet is on its way. */
export function useBlocks(layer: string, ids: string[], first: number, last: number): Map<string, Feature> {
  const asOf = useMoment();
  return useQueries({
    queries: blocksOf(first, last, ids.length, blockSize).filter((at) => ids[at] !== "").map((at) => {
      const some = ids.slice(at, at + blockSize);
      return { queryKey: blockKey(layer, asOf, some), queryFn: ({ signal }: { signal: AbortSignal }) => rowsOf(layer, some, asOf, false, signal) };
    }),
    combine: (answers) => new Map(answers.flatMap((a) => a.data ?? []).map((f) => [String(f.id), f])),
  });
}

const mostDrawn = 500;
const nothing: GeoJSON.Feature[] = [];

/** The marked rows as they lie on the map; of very many, the first. */
export function useChosen(layer: string): GeoJSON.Feature[] {
  const asOf = useMoment();
  const chosen = useTable((t) => t.chosen);
  const ids = useMemo(() => [...chosen].slice(0, mostDrawn), [chosen]);
  const { data } = useQuery<Feature[]>({
    queryKey: ["rows", layer, "chosen", asOf, ids.join()], enabled: ids.length > 0, placeholderData: (before) => before,
    queryFn: ({ signal }) => rowsOf(layer, ids, asOf, true, signal),
  });
  return useMemo(() => (ids.length > 0 && data ? data.flatMap(({ geometry }) => (geometry ? [{ type: "Feature" as const, geometry, properties: {} }] : [])) : nothing), [data, ids]);
}
