import { useEffect } from "react";
import type { Import } from "../../api/report";
import { canLook, needsLook, runs } from "../../lib/importing";
import { useImporting } from "../../state/importing";
import { lookAgain } from "./doing";

/** What is set otherwise than it was looked at is looked at again, by itself and soon. Tells whether that is to come or under way. */
export function useLooking(job: Import): boolean {
  const wanted = useImporting((i) => i.wanted);
  const asked = useImporting((i) => i.asked);
  const stale = job.report !== null && canLook(wanted) && needsLook(wanted, asked ?? job.options, job.report);
  const free = !runs(job.state);
  useEffect(() => {
    if (!stale || !free) return;
    const later = setTimeout(() => void lookAgain(), 700);
    return () => clearTimeout(later);
  }, [stale, free, wanted]);
  return stale || job.state === "looking";
}
