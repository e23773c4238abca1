import type { ImportState, Options, Progress, Report } from "../api/report";
import type { LayerInfo, Property } from "../api/types";

/** What follows from an import's report and what the clerk wants: no page, no server. */

export const steps = ["data", "target", "check"] as const;
export type Step = (typeof steps)[number];

export const runs = (state: ImportState | undefined): boolean => state === "uploading" || state === "looking" || state === "importing";
export const ended = (state: ImportState | undefined): boolean => state === "done" || state === "failed" || state === "cancelled";

/** The three ways a layer is written: a new one by the file alone, a new one as a standard prescribes, one that is there. */
export type Target = "new" | "standard" | "existing";

export const targetOf = ({ mode, standard }: Options): Target =>
  mode && mode !== "create" ? "existing" : standard && standard !== "none" ? "standard" : "new";

/** What is wanted, with what the server made up where nothing was said. A new layer's name alone never means a standard. */
export function settled(wanted: Options, report: Report | null): Options {
  const { layer, title, mode, invalid } = wanted;
  const standard = { new: "none", standard: wanted.standard, existing: undefined }[targetOf(wanted)];
  return { ...wanted, layer: layer ?? report?.layer ?? "", title: title ?? report?.title ?? "", mode: mode || "create", invalid: invalid || "repair", standard };
}

// Members that change what a look finds. A new layer's name and titles do not.
const looked = ["mode", "key", "from", "only", "srid", "encoding", "datum", "invalid", "fixCrs"] as const;

/** Whether what is wanted would be found otherwise than what was looked at with `before`. */
export function needsLook(wanted: Options, before: Options, report: Report | null): boolean {
  const [now, then] = [settled(wanted, report), settled(before, report)];
  if (looked.some((name) => (now[name] || "") !== (then[name] || "")) || now.standard !== then.standard) return true;
  return JSON.stringify(sorted(now.map)) !== JSON.stringify(sorted(then.map)) || (now.mode !== "create" && now.layer !== then.layer);
}

const sorted = (map: Record<string, string> | undefined) => Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

/** Whether enough is said for a look to make sense. */
export const canLook = (wanted: Options): boolean =>
  !wanted.mode || wanted.mode === "create" || (!!wanted.layer && (wanted.mode !== "upsert" || !!wanted.key));

/** Why an import can't begin: a key of import.block, what it is about, and the step that helps. */
export type Block = { why: "name" | "taken" | "layer" | "key" | "twice" | "nothing" | "doubt"; blanks?: Record<string, string | number>; step: Step };

const layerName = /^[a-z][a-z0-9_]{0,47}$/;
export const isName = (name: string | undefined): boolean => layerName.test(name ?? "");

export function blocks(report: Report, wanted: Options, layers: LayerInfo[]): Block[] {
  const { mode, layer, key } = settled(wanted, report);
  const found: Block[] = [];
  if (mode !== "create" && !layer) found.push({ why: "layer", step: "target" });
  else if (!isName(layer)) found.push({ why: "name", step: "target" });
  else if (mode === "create" && layers.some((l) => l.name === layer)) found.push({ why: "taken", blanks: { name: layer! }, step: "target" });
  if (mode === "upsert" && !key) found.push({ why: "key", step: "target" });
  const twice = repeated(report, wanted);
  if (twice) found.push({ why: "twice", blanks: { name: twice }, step: "target" });
  const doubts = (report.doubts ?? []).filter((d) => d.blocking);
  for (const step of steps) {
    const here = doubts.filter((d) => helps(d.rule) === step);
    if (here.length > 0) found.push({ why: "doubt", blanks: { count: here.length }, step });
  }
  if (doubts.length === 0 && report.rows.taken === 0) found.push({ why: "nothing", step: "check" });
  return found.sort((a, b) => steps.indexOf(a.step) - steps.indexOf(b.step));
}

/** The step where a doubt can be decided. */
export const helps = (rule: string): Step =>
  /^(field|key|mode|standard|layer|target|mapping|value)\./.test(rule) ? "target" : /^(crs|encoding|source|file|format)\./.test(rule) ? "data" : "check";

/** The property that a field becomes, as wanted now; "" = it is left out. */
export const becomes = (report: Report, wanted: Options, source: string): string =>
  wanted.map?.[source] ?? (report.fields ?? []).find((f) => f.source === source)?.name ?? "";

/** A property that two fields would become. */
function repeated(report: Report, wanted: Options): string | undefined {
  const names = (report.fields ?? []).map((f) => becomes(report, wanted, f.source)).filter(Boolean);
  return names.find((name, i) => names.indexOf(name) !== i);
}

/** The wanted mapping with one field changed; undefined lets it go by its name. */
export function mapped(wanted: Options, source: string, property: string | undefined): Options {
  const map = { ...wanted.map };
  if (property === undefined) delete map[source];
  else map[source] = property;
  return { ...wanted, map: Object.keys(map).length > 0 ? map : undefined };
}

export type Choice = Pick<Property, "name" | "title" | "titleEn" | "required">;

/** What fields can become: the properties of the layer that is there, or what the look says of the standard's table. */
export function choices(report: Report, wanted: Options, layer: LayerInfo | undefined): Choice[] {
  const target = targetOf(wanted);
  if (target === "new") return [];
  if (target === "existing") return (layer?.properties ?? []).filter((p) => p.role !== "hidden");
  const given = (report.fields ?? []).filter((f) => f.name).map(({ name, title }) => ({ name, title }));
  const names = new Set(given.map((g) => g.name));
  return [...given, ...(report.missing ?? []).filter((m) => !names.has(m.name))];
}

/** How much of the step is done, 0 to 1; null when that is not known. */
export const share = (progress: Progress | null): number | null => (progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : null);

/** What the geometry of a source is, as GDAL or PostGIS names it, in one word. */
export function kindOf(geometry: string): "point" | "line" | "area" | "mixed" | "none" {
  const name = geometry.toLowerCase();
  if (name === "" || name === "none") return "none";
  if (name.includes("point")) return "point";
  if (name.includes("line") || name.includes("curve")) return "line";
  if (name.includes("polygon") || name.includes("surface")) return "area";
  return "mixed";
}

/** What the rows that are read are; while nobody knows where they lie, as their sources say. */
export function shapeOf(report: Report): ReturnType<typeof kindOf> {
  const kinds = new Set((report.sources ?? []).filter((s) => s.used).map((s) => kindOf(s.geometry)));
  const [only] = kinds;
  return kindOf(report.geometryType) === "mixed" && kinds.size === 1 ? only : kindOf(report.geometryType);
}

/** A value as people write it: a number without the zeros that its column's width adds. */
export const plain = (value: string): string => value.replace(/^(-?\d+)\.(\d*?)0+$/, (_, whole, part) => (part ? `${whole}.${part}` : whole));

/** A name for a new layer, after its file; one that has no Latin letters goes by the day. */
export function proposedName(file: string, taken: string[], day: Date): string {
  const stem = stemOf(file).normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "").slice(0, 40);
  const own = stem.length > 1 ? stem : `import_${day.toISOString().slice(0, 10).replaceAll("-", "")}`;
  let name = own;
  for (let i = 2; taken.includes(name); i++) name = `${own}_${i}`;
  return name;
}

/** The name of a file without where it lies and what kind it is. */
export const stemOf = (file: string): string => file.replace(/^.*[\\/]/, "").replace(/(\.(shp|tab|mif|gdb|geojson))?\.[A-Za-z0-9]{1,8}$/, "") || file;

/** A few values that show whether the text was read rightly: those with characters beyond ASCII. */
export function proofs(report: Report): { field: string; values: string[] }[] {
  return (report.fields ?? [])
    .map((f) => ({ field: f.source, values: (f.sample ?? []).filter((v) => /[^\p{ASCII}]/u.test(v)).slice(0, 4) }))
    .filter((f) => f.values.length > 0).slice(0, 4);
}

/** The standard's table that the look says the fields are like; the doubt names it as the command line would. */
export const likeStandard = (report: Report): string | undefined =>
  (report.doubts ?? []).find((d) => d.rule === "standard.like")?.words.en.match(/--standard (\w+)/)?.[1];
