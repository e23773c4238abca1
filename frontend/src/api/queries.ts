import { QueryClient, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import * as client from "./client";
import type { Bounds, Code, FeatureRef, Hits, LayerInfo } from "./types";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000, refetchOnWindowFocus: false, networkMode: "always", // off line is an answer too: a query that waits for the line would look like one that found nothing
      retry: (count, reason) => count < 3 && !(reason instanceof client.Problem && reason.status >= 400 && reason.status < 500),
    },
  },
});

type Stop = { signal: AbortSignal };

const catalogueQuery = { queryKey: ["layers"], queryFn: ({ signal }: Stop) => client.catalogue(signal) };
const styleQuery = (theme: string) => ({ queryKey: ["style", theme], staleTime: Infinity, queryFn: ({ signal }: Stop) => client.style(theme, signal) });

/** Asks for what every map needs, while the code that draws it is still on its way. */
export function askAhead(theme: string): void {
  void queries.prefetchQuery(catalogueQuery);
  void queries.prefetchQuery(styleQuery(theme));
}

export const useCatalogue = () => useQuery(catalogueQuery);

export const useStyle = (theme: string) => useQuery(styleQuery(theme));

/** The layers by name, for looking one up. */
export function useLayers(): Map<string, LayerInfo> {
  const { data } = useCatalogue();
  return useMemo(() => new Map(data?.layers.map((l) => [l.name, l])), [data]);
}

const codesQuery = (scheme: string) => ({
  queryKey: ["codes", scheme], staleTime: Infinity,
  queryFn: ({ signal }: Stop) => client.codes(scheme, signal),
});

const none: Code[] = [];

export function useCodes(scheme: string | undefined): Code[] {
  const { data } = useQuery({ ...codesQuery(scheme ?? ""), enabled: !!scheme });
  return data ?? none;
}

/** Several code lists, each by code. */
export function useSchemes(names: string[]): Map<string, Map<string, Code>> {
  return useQueries({
    queries: names.map(codesQuery),
    combine: useCallback((answers: { data?: Code[] }[]) => new Map(answers.map((a, i) => [names[i], new Map(a.data?.map((c) => [c.code, c]))])), [names]),
  });
}

/** A feature as it is, or was at a moment. */
export const useFeature = (ref: FeatureRef | null, asOf: string | null) =>
  useQuery({
    queryKey: ["feature", ref?.layer, ref?.id, asOf], enabled: !!ref,
    queryFn: ({ signal }) => client.feature(ref!, asOf, signal),
  });

/** What is called so. Names change: what was found is asked for again after a few seconds. */
export const useSearch = (text: string, near: Bounds | undefined, asOf: string | null) =>
  useQuery<Hits>({
    queryKey: ["search", text, near, asOf], enabled: text.length > 0, staleTime: 5000, retry: 1, placeholderData: (before) => (text ? before : undefined),
    queryFn: ({ signal }) => client.search(text, near, asOf, signal),
  });
