import { useEffect, useMemo, useState } from "react";
import { useLayers, useSearch } from "../api/queries";
import type { Bounds, Hit } from "../api/types";
import { readCoordinate, type Reading } from "../lib/coordinate";
import { useMap } from "../map/current";
import { select, useDesk } from "../state/desk";
import { momentOf, useReading } from "../state/reading";

export type Found = { key: string } & ({ reading: Reading; hit?: undefined } | { hit: Hit; reading?: undefined });

/**
 * What a typed text may mean: readings as a coordinate first, then what the server finds, by layer. Each key asks anew, for what is
 * near the middle of the map first; what was asked before is given up.
 */
export function useFinding(text: string) {
  const [asked, setAsked] = useState<{ text: string; near?: Bounds }>({ text: "" });
  useEffect(() => {
    const later = setTimeout(() => setAsked({ text: text.trim(), near: useMap.getState().view?.bounds() }), 60);
    return () => clearTimeout(later);
  }, [text]);
  const readings = useMemo(() => readCoordinate(text), [text]);
  const { data, error, isFetching } = useSearch(readings.length > 0 ? "" : asked.text, asked.near, useReading(momentOf));
  const layers = useLayers();
  const found = useMemo<Found[]>(() => {
    if (!text.trim()) return [];
    if (readings.length > 0) return readings.map((reading) => ({ key: reading.kind, reading }));
    return byLayer(data?.hits ?? []).map((hit) => ({ key: `${hit.layer}/${hit.id}`, hit }));
  }, [text, readings, data]);
  const settled = asked.text === text.trim() && !isFetching;
  return { found, layers, incomplete: data?.incomplete ?? [], failed: !!error, busy: !settled && !!text.trim() && readings.length === 0, settled };
}

/** Hits of one layer stand together, in the order of each layer's best. */
const byLayer = (hits: Hit[]): Hit[] => [...new Set(hits.map((h) => h.layer))].flatMap((layer) => hits.filter((h) => h.layer === layer));

/** Goes to what was found and marks it. */
export function goTo({ reading, hit }: Found): void {
  const view = useMap.getState().view;
  if (reading) {
    useDesk.setState({ pin: reading.at });
    select(null);
    view?.fly(reading.at, 16);
    return;
  }
  useDesk.setState({ pin: hit.point ?? null });
  select({ layer: hit.layer, id: hit.id }, []);
  const [w, s, e, n] = hit.bounds ?? [0, 0, 0, 0];
  if (hit.bounds && (e - w > 0.0005 || n - s > 0.0005)) view?.fit(hit.bounds, 17);
  else if (hit.point) view?.fly(hit.point, 16);
}
