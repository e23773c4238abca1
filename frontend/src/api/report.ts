import type { Bounds, Property } from "./types";

/** What an import asks for and tells (layers/intake/intake.go), as it travels. */

export type Words = { en: string; zh: string };
export type Severity = "info" | "warning" | "error";
export type Mode = "create" | "append" | "replace" | "upsert";
export type Invalid = "repair" | "reject" | "keep";

export type Options = {
  layer?: string; title?: string; titleEn?: string; theme?: string; standard?: string; mode?: Mode; key?: string;
  from?: string; only?: "" | "point" | "line" | "area"; srid?: number; encoding?: string; datum?: "" | "gcj02" | "bd09"; invalid?: Invalid; fixCrs?: boolean;
  map?: Record<string, string>;
};

export type Source = { file: string; name: string; format: string; geometry: string; count: number; fields: number; used: boolean };

export type Fix = { name: string; epsg?: number; words: Words; applied: boolean };

export type Field = {
  source: string; name: string; title: string; type: Property["type"]; declared: string; scheme?: string;
  values: number; distinct: number; sample: string[] | null; notes: Words[] | null;
};

export type Missing = { name: string; title: string; required: boolean };

export type Doubt = { rule: string; severity: Severity; blocking: boolean; words: Words };

export type Counts = Record<"read" | "taken" | "rejected" | "repaired" | "empty" | "duplicate" | "inserted" | "updated" | "unchanged" | "removed", number>;

export type RuleCount = { rule: string; severity: Severity; count: number };

export type Report = {
  layer: string; title: string; mode: Mode; format: string; geometryType: string; hasZ: boolean; bounds: Bounds | null; standard: string; seconds: number;
  files: { name: string; bytes: number; format?: string; skipped?: Words | null }[] | null;
  sources: Source[] | null;
  encoding: { name: string; how: string };
  crs: { name: string; epsg?: number; how: string; said?: string; fix?: Fix | null };
  fields: Field[] | null; missing: Missing[] | null; doubts: Doubt[] | null; rows: Counts; rules: RuleCount[] | null;
};

export type Finding = {
  source?: string; row: number; rule: string; severity: Severity; field?: string; value?: string;
  done: "rejected" | "repaired" | "changed" | "emptied" | "kept"; words: Words; areaBefore?: number; areaAfter?: number;
};

export type Progress = { step: string; done: number; total: number };

export type ImportState = "uploading" | "looking" | "ready" | "importing" | "done" | "failed" | "cancelled";

/** An import in a list; the report and the result come with the one that is asked for. */
export type ImportSummary = {
  id: string; state: ImportState; files: { name: string; bytes: number }[]; created: string; updated: string;
  progress: Progress | null; options: Options; layer?: string;
  error: { title: string; titleZh: string; detail: string; detailZh: string } | null;
};

export type Import = ImportSummary & { report: Report | null; result: Report | null };
