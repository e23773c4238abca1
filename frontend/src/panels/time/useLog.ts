import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { changes } from "../../api/history";
import { useCatalogue } from "../../api/queries";
import { useDesk } from "../../state/desk";

const most = 1000;

type Told = { first: string | undefined; last: string[] };

/** When the log begins, and when its last changes were, oldest first; null until it is known. */
export function useLog(): { start: number; times: number[] } | null {
  const heard = useDesk((d) => d.position);
  const { data: catalogue } = useCatalogue();
  const position = Math.max(heard, catalogue?.position ?? 0);
  const { data } = useQuery<Told>({
    queryKey: ["log", position], enabled: position > 0, placeholderData: (before) => before,
    queryFn: async ({ signal }) => {
      const [[first], last] = await Promise.all([changes(0, 1, signal), changes(position - most, most, signal)]);
      return { first: first?.at, last: last.map((c) => c.at) };
    },
  });
  return useMemo(() => data && data.first !== undefined ? { start: Date.parse(data.first), times: data.last.map((at) => Date.parse(at)).sort((a, b) => a - b) } : null, [data]);
}
