import type { LayerInfo } from "../api/types";

/** The layers whose past is not kept: they are always of now. */
export const timelessOf = (layers: LayerInfo[]): ReadonlySet<string> => new Set(layers.filter((l) => !l.tracked).map((l) => l.name));

const two = (n: number) => String(n).padStart(2, "0");

/** A moment as it is read, in the reader's zone: 2026-05-01 08:00:00. */
export function sayMoment(moment: string | number): string {
  const d = new Date(moment);
  return Number.isNaN(d.getTime()) ? "" : `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

/** A moment as the browser's own field has it, and back: that field knows no zone. */
export const toField = (moment: string | number): string => sayMoment(moment).replace(" ", "T");
export function fromField(text: string): string | null {
  const at = new Date(text);
  return text === "" || Number.isNaN(at.getTime()) ? null : momentAt(at.getTime());
}

/** A moment as it is asked for: whole seconds in UTC, so that everybody who looks at it asks alike. */
export const momentAt = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");

/** How many of these times lie in each of so many equal parts of a span. */
export function density(times: number[], [start, end]: [number, number], parts: number): number[] {
  const counts = new Array<number>(parts).fill(0);
  for (const t of times) if (t >= start && t <= end) counts[Math.min(parts - 1, Math.floor(((t - start) / Math.max(1, end - start)) * parts))]++;
  return counts;
}

/**
 * The moment before or after the change next to one; times ascend. Just before a change means the second before it, just
 * after means the second in which it has been.
 */
export function nextTo(times: number[], at: number, way: -1 | 1): number | null {
  const steps = times.map((t) => (way < 0 ? Math.floor(t / 1000) * 1000 - 1000 : Math.ceil((t + 1) / 1000) * 1000));
  const found = way < 0 ? steps.findLast((t) => t < at) : steps.find((t) => t > at);
  return found ?? null;
}
