import { ask, get, Problem, problemOf } from "./client";
import type { Finding, Import, ImportSummary, Options } from "./report";

const door = (id: string, part = "") => `/imports/${encodeURIComponent(id)}${part}`;

export const imports = (signal?: AbortSignal) => get<{ imports: ImportSummary[] }>("/imports?limit=20", signal).then((page) => page.imports);

export const importOf = (id: string) => get<Import>(door(id));

const post = (path: string, options: Options): Promise<Import> =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(options) }).then((answer) => answer.json());

/** Has the files looked at again, as the options say; nothing is written. */
export const look = (id: string, options: Options) => post(door(id, "/look"), options);

/** Has the layer written. */
export const run = (id: string, options: Options) => post(door(id, "/run"), options);

/** Removes an import; one that runs is cancelled, and nothing of it is written. A layer that was written stays. */
export const remove = (id: string) => ask(door(id), { method: "DELETE" });

/** Some of the rows as the last look saw them, in degrees. */
export const preview = (id: string, signal?: AbortSignal) => get<GeoJSON.FeatureCollection>(door(id, "/preview"), signal);

export type FindingFeature = GeoJSON.Feature<GeoJSON.Point | null, Finding> & { id: number };
export type FindingPage = { features: FindingFeature[]; numberMatched: number };

/** The findings of a rule, from the one after `after`. */
export const findings = (id: string, rule: string, after: number, signal?: AbortSignal) =>
  get<FindingPage>(door(id, `/findings?rule=${encodeURIComponent(rule)}&limit=1000${after ? `&after=${after}` : ""}`), signal);

/** Where the whole report is, with every finding, to be saved. */
export const reportAddress = (id: string) => door(id, "/report");

/** Sends files. Only XMLHttpRequest tells how much has gone. A cancelled one ends in an AbortError. */
export function upload(files: File[], onProgress: (sent: number) => void): { done: Promise<Import>; cancel: () => void } {
  const request = new XMLHttpRequest();
  const done = new Promise<Import>((resolve, reject) => {
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => {
      const said = parsed(request.responseText);
      if (request.status === 201) resolve(said as Import);
      else reject(problemOf(request.status, said ?? {}));
    };
    request.onerror = () => reject(new Problem(0, "", ""));
    request.onabort = () => reject(new DOMException("", "AbortError"));
  });
  const form = new FormData();
  files.forEach((file) => form.append("file", file, file.name));
  request.open("POST", "/imports");
  request.setRequestHeader("Accept", "application/json");
  request.send(form);
  return { done, cancel: () => request.abort() };
}

function parsed(text: string): object | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Follows one import until it ends. The browser itself reconnects; where the server will not have it, onLost is told why:
 * the import is gone, or the server is. Returns how to stop.
 */
export function watch(id: string, onNews: (now: Import) => void, onLost: (why: Problem) => void): () => void {
  let again: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | undefined;
  let stopped = false;
  const open = () => {
    source = new EventSource(door(id, "/events"));
    source.addEventListener("import", (event) => {
      const now: Import = JSON.parse((event as MessageEvent<string>).data);
      if (["done", "failed", "cancelled"].includes(now.state)) source?.close();
      onNews(now);
    });
    source.onerror = () => {
      if (source?.readyState !== EventSource.CLOSED || stopped) return;
      importOf(id).then(onNews, onLost);
      again = setTimeout(open, 3000);
    };
  };
  open();
  return () => {
    stopped = true;
    source?.close();
    clearTimeout(again);
  };
}
