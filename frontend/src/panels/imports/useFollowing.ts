import { useEffect } from "react";
import { watch } from "../../api/imports";
import { ended } from "../../lib/importing";
import { hear, putOnDesk, useImporting } from "../../state/importing";
import { relist } from "./doing";

/** Follows the import on the desk, whether its panel is open or not. */
export function useFollowing(): void {
  const id = useImporting((i) => i.id);
  const over = useImporting((i) => ended(i.job?.state));
  useEffect(() => {
    if (!id || over) return;
    return watch(
      id,
      (job) => {
        if (job.state !== useImporting.getState().job?.state) relist();
        hear(job);
      },
      (why) => {
        if (why.status >= 400 && why.status < 500) putOnDesk(null);
        useImporting.setState({ trouble: why });
      },
    );
  }, [id, over]);
}
