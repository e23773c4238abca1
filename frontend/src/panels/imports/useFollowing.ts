import { useEffect } from "react";
import { watch } from "../../api/imports";
import { ended } from "../../lib/importing";
import { hear, putOnDesk, useImporting } from "../../state/importing";
import { relist, showLayer } from "./doing";

/** Follows the import on the desk, whether its panel is open or not, and puts on the map what it has written. */
export function useFollowing(): void {
  const id = useImporting((i) => i.id);
  const over = useImporting((i) => ended(i.job?.state));
  useEffect(() => {
    if (!id || over) return;
    return watch(
      id,
      (job) => {
        const before = useImporting.getState().job?.state;
        if (job.state !== before) relist();
        hear(job);
        if (before === "importing" && job.state === "done" && job.layer) void showLayer(job.layer, null);
      },
      (why) => {
        if (why.status >= 400 && why.status < 500) putOnDesk(null);
        useImporting.setState({ trouble: why });
      },
    );
  }, [id, over]);
}
