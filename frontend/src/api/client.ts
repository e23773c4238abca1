import type { Bounds, Catalogue, Code, Feature, FeatureRef, Hits } from "./types";

/** An answer that is not what was asked for: the server's own words, in both languages where it has them. */
export class Problem extends Error {
  constructor(readonly status: number, readonly en: string, readonly zh: string) {
    super(en);
  }
}

/** Asks the server; an answer that is not what was asked for is a Problem, one that never came has status 0. */
export async function ask(path: string, request: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...request, headers: { Accept: "application/json, application/geo+json", ...request.headers } });
  } catch (reason) {
    if (request.signal?.aborted) throw reason;
    throw new Problem(0, "", "");
  }
  if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => ({})));
  return answer;
}

/** What a refusal says, in problem+json. */
export const problemOf = (status: number, said: { titleEn?: string; titleZh?: string; detailEn?: string; detailZh?: string }): Problem =>
  new Problem(status, said.detailEn ?? said.titleEn ?? "", said.detailZh ?? said.titleZh ?? "");

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => ask(path, { signal }).then((answer) => answer.json());

const word = encodeURIComponent;

/** A query string of what is said; what is null, undefined or "" is left out. */
export function query(parts: Record<string, string | number | null | undefined>): string {
  const said = Object.entries(parts).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return said.length > 0 ? `?${said.map(([name, value]) => `${name}=${word(value!)}`).join("&")}` : "";
}

export const catalogue = (signal?: AbortSignal) => get<Catalogue>("/layers", signal);

export const codes = (scheme: string, signal?: AbortSignal) =>
  get<{ codes: Code[] }>(`/codes/${word(scheme)}`, signal).then((list) => list.codes ?? []);

/** Features that are called so, now or at a moment, those near the bounds first. */
export const search = (text: string, near: Bounds | undefined, asOf: string | null, signal?: AbortSignal) =>
  get<Hits>(`/search${query({ q: text, limit: 20, near: near?.join(","), "as-of": asOf })}`, signal);

/** A feature, now or as it was at a moment. */
export const feature = ({ layer, id }: FeatureRef, asOf: string | null, signal?: AbortSignal) =>
  get<Feature>(`/ogc/collections/${word(layer)}/items/${word(id)}${query({ f: "json", "as-of": asOf })}`, signal);

/** Some feature of a layer that meets bounds and is asked for; undefined when none does. */
export const featureIn = (layer: string, bounds: Bounds, filter: string | undefined, asOf: string | null) =>
  get<{ features: Feature[] }>(`/ogc/collections/${word(layer)}/items${query({ bbox: bounds.join(","), limit: 1, f: "json", filter, "as-of": asOf })}`).then((page) => page.features[0] as Feature | undefined);

/** Some one feature of a layer; undefined when it has none. */
export const anyFeature = (layer: string) =>
  get<{ features: Feature[] }>(`/ogc/collections/${word(layer)}/items?limit=1&f=json`).then((page) => page.features[0] as Feature | undefined);

export const style = (theme: string, signal?: AbortSignal) =>
  get<import("maplibre-gl").StyleSpecification>(`/styles/onemap.json?theme=${theme}`, signal);
