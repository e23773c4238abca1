import type { Catalogue, Code, Feature, FeatureRef, Hit } from "./types";

/** An answer that is not what was asked for: the server's own words, in both languages where it has them. */
export class Problem extends Error {
  constructor(readonly status: number, readonly en: string, readonly zh: string) {
    super(en);
  }
}

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { signal, headers: { Accept: "application/json, application/geo+json" } });
  } catch (reason) {
    if (signal?.aborted) throw reason;
    throw new Problem(0, "", "");
  }
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({}));
    throw new Problem(answer.status, said.detail ?? said.title ?? "", said.detailZh ?? said.titleZh ?? said.detail ?? "");
  }
  return answer.json();
}

const word = encodeURIComponent;

export const catalogue = (signal?: AbortSignal) => get<Catalogue>("/layers", signal);

export const codes = (scheme: string, signal?: AbortSignal) =>
  get<{ codes: Code[] }>(`/codes/${word(scheme)}`, signal).then((list) => list.codes ?? []);

export const search = (text: string, signal?: AbortSignal) =>
  get<{ hits: Hit[] | null }>(`/search?q=${word(text)}&limit=20`, signal).then((found) => found.hits ?? []);

export const feature = ({ layer, id }: FeatureRef, signal?: AbortSignal) =>
  get<Feature>(`/ogc/collections/${word(layer)}/items/${word(id)}?f=json`, signal);

/** Some one feature of a layer; undefined when it has none. */
export const anyFeature = (layer: string) =>
  get<{ features: Feature[] }>(`/ogc/collections/${word(layer)}/items?limit=1&f=json`).then((page) => page.features[0] as Feature | undefined);

export const style = (theme: string, signal?: AbortSignal) =>
  get<import("maplibre-gl").StyleSpecification>(`/styles/onemap.json?theme=${theme}`, signal);
