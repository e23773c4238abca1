import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { preview } from "../../api/imports";
import type { Import, Report } from "../../api/report";
import type { Bounds } from "../../api/types";
import { boundsOf } from "../../lib/bounds";
import { useMap } from "../../map/current";
import { useOverlay } from "../../map/useOverlay";
import { useImporting } from "../../state/importing";

export type Preview = { count: number; before: Bounds | null; after: Bounds | null };

const none: GeoJSON.Feature[] = [];

/** Draws the rows as the last look saw them, and, once a fix is taken, also where they lay before. Goes there. */
export function usePreview(job: Import, report: Report): Preview {
  const looks = useImporting((i) => i.looks);
  const { data } = useQuery({
    queryKey: ["import", job.id, "preview", looks], staleTime: Infinity, gcTime: 60_000, enabled: job.state !== "looking", placeholderData: keepPreviousData,
    queryFn: ({ signal }) => preview(job.id, signal),
  });
  const features = useMemo(() => data?.features.filter((f) => f.geometry) ?? none, [data]);
  const fixed = !!report.crs.fix?.applied;

  // The last ones without a fix stay, to be compared.
  const [seen, setSeen] = useState<{ features: GeoJSON.Feature[]; fixed: boolean; before: GeoJSON.Feature[] }>({ features: none, fixed: false, before: none });
  if (job.state !== "looking" && seen.features !== features)
    setSeen({ features, fixed, before: !fixed ? none : seen.fixed ? seen.before : seen.features });

  useOverlay("preview", seen.features);
  useOverlay("before", seen.before);
  const after = useMemo(() => around(seen.features), [seen.features]);
  const before = useMemo(() => around(seen.before), [seen.before]);
  const view = useMap((m) => m.view);
  const where = after?.map((d) => d.toFixed(3)).join();
  useEffect(() => {
    if (where) view?.fit(where.split(",").map(Number) as Bounds, 16);
  }, [view, where]);
  return { count: seen.features.length, before, after };
}

function around(features: GeoJSON.Feature[]): Bounds | null {
  if (features.length === 0) return null;
  return boundsOf({ type: "GeometryCollection", geometries: features.map((f) => f.geometry) });
}
