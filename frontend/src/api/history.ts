import { get, query } from "./client";
import type { Bounds, Feature, FeatureRef } from "./types";

/** A feature as it was for a while: who made it so, when, why, and which properties differ from before ("geometry" among them). */
export type Version = Feature & {
  version: number; validFrom: string | null; validTo: string | null; position: number | null;
  op: string; actor: string; reason: string; changed: string[] | null;
};

/** A feature that is not the same at two moments: as it is after, or was before where it is gone. */
export type Differing = Feature & {
  change: "added" | "removed" | "changed"; changed: string[] | null;
  before: Record<string, unknown> | null; after: Record<string, unknown> | null; geometryBefore?: GeoJSON.Geometry | null;
};

export type Difference = { features: Differing[]; counts: Record<Differing["change"], number>; from: number; to: number; numberMatched: number; next?: string };

export type LogEntry = {
  position: number; layer: string; id?: string; op: string; at: string; actor: string; reason?: string; count: number;
  boundsBefore?: Bounds | null; boundsAfter?: Bounds | null;
};

const word = encodeURIComponent;

/** What a feature was and is, newest first. */
export const versions = ({ layer, id }: FeatureRef, signal?: AbortSignal) =>
  get<{ features: Version[] }>(`/ogc/collections/${word(layer)}/items/${word(id)}/versions?f=json&limit=200`, signal).then((page) => page.features);

/** How a layer differs between two moments; without an end, from then to now. */
export async function difference(layer: string, from: string, to: string | null, cursor: string | undefined, signal?: AbortSignal): Promise<Difference> {
  const page = await get<Difference & { links: { rel: string; href: string }[] }>(`/ogc/collections/${word(layer)}/difference${query({ f: "json", from, to, limit: 200, cursor })}`, signal);
  const next = page.links.find((l) => l.rel === "next");
  return { ...page, next: next ? (new URL(next.href).searchParams.get("cursor") ?? undefined) : undefined };
}

/** Changes behind a position, in the order of the log. */
export const changes = (since: number, limit: number, signal?: AbortSignal) =>
  get<{ changes: LogEntry[] }>(`/changes${query({ since: Math.max(0, since), limit })}`, signal).then((page) => page.changes);
