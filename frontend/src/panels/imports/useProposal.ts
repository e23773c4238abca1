import { useEffect } from "react";
import type { Import } from "../../api/report";
import type { LayerInfo } from "../../api/types";
import { proposedName, stemOf } from "../../lib/importing";
import { useImporting, want } from "../../state/importing";

/** A new layer has a name and a title to begin with: those the server proposes, else the file's. */
export function useProposal(job: Import, layers: LayerInfo[] | undefined): void {
  const { layer, title } = useImporting((i) => i.wanted);
  useEffect(() => {
    if (!layers || (layer !== undefined && title !== undefined)) return;
    const used = (job.report?.sources ?? []).filter((s) => s.used);
    const file = used.length === 1 ? used[0].name : (job.files[0]?.name ?? "");
    want({
      layer: layer ?? (job.report?.layer || proposedName(file, layers.map((l) => l.name), new Date(job.created))),
      title: title ?? (job.report?.title || stemOf(file)),
    });
  }, [job, layers, layer, title]);
}
