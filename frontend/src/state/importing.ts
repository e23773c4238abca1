import { create } from "zustand";
import type { Problem } from "../api/client";
import type { Import, Options } from "../api/report";
import type { Step } from "../lib/importing";
import { opened } from "./desk";

/** Files on their way to the server. */
export type Sending = { names: string[]; sent: number; total: number };

type Importing = {
  id: string | null; // the import on the desk; its panel may be closed
  job: Import | null; // as last heard of
  sending: Sending | null;
  wanted: Options; // what the clerk has set, sent or not
  asked: Options | null; // what was last sent, also where the server refused it; null = nothing from here
  trouble: Problem | null; // the last refusal
  step: Step;
  looks: number; // how many looks were heard to end: a preview belongs to one
  rule: string | null; // whose findings are shown
  chosen: number | null; // the finding looked at
};

const empty: Importing = { id: null, job: null, sending: null, wanted: {}, asked: null, trouble: null, step: "data", looks: 0, rule: null, chosen: null };

export const useImporting = create<Importing>(() => ({ ...empty, id: opened.import ?? null }));

/** Puts another import on the desk, or none. */
export const putOnDesk = (id: string | null, job: Import | null = null): void =>
  useImporting.setState({ ...empty, id, job, wanted: job?.options ?? {}, looks: useImporting.getState().looks + 1 });

export const want = (change: Partial<Options>): void => useImporting.setState((now) => ({ wanted: { ...now.wanted, ...change } }));

/** What the server tells of the import on the desk. */
export function hear(job: Import): void {
  useImporting.setState((now) => {
    if (now.id !== job.id) return {};
    const first = !now.job;
    const looked = now.job?.state === "looking" && job.state !== "looking";
    return { job, wanted: first ? job.options : now.wanted, looks: now.looks + (looked ? 1 : 0), trouble: job.state === now.job?.state ? now.trouble : null };
  });
}
