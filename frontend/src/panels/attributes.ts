import type { Code, Feature, LayerInfo, Property } from "../api/types";
import { linesOf, polygonsOf, positions } from "../lib/bounds";
import { toZone } from "../lib/gauss";
import { areaOf, lengthOf } from "../lib/measure";
import { sayMoment } from "../lib/moment";
import { area, figure, length, type Amount } from "../lib/units";

/** A property of a feature as it is read: a value, what stands beside it, and whether there is any. */
export type Reading = { name: string; label: string; value: string; beside?: string; empty: boolean };

export type Words = {
  t: (key: string, blanks?: Record<string, unknown>) => string;
  named: (thing: { title?: string; titleEn?: string; name?: string; nameEn?: string }) => string;
  amount: (amount: Amount) => string;
};

export type Schemes = Map<string, Map<string, Code>>;

/** The attributes of a feature in the order of its layer, with names for codes and units for figures. */
export function attributes(layer: LayerInfo, feature: Feature, schemes: Schemes, words: Words): Reading[] {
  return (layer.properties ?? []).filter((p) => p.role !== "hidden").map((p) => ({
    name: p.name, label: words.named(p), ...read(p, feature.properties?.[p.name], schemes, words),
  }));
}

/** A value as it is read in a line of its own. */
export function read(p: Property, value: unknown, schemes: Schemes, { t, named, amount }: Words): Pick<Reading, "value" | "beside" | "empty"> {
  if (value === null || value === undefined || value === "") return { value: t("value.empty"), empty: true };
  const said = (text: string, beside?: string) => ({ value: text, beside, empty: false });
  const code = p.scheme ? schemes.get(p.scheme)?.get(String(value)) : undefined;
  if (code) return said(named(code), code.code === code.name ? undefined : code.code);
  if (typeof value === "boolean") return said(t(value ? "value.yes" : "value.no"));
  if (typeof value === "number" && p.role === "area") return pair(area(value), amount);
  if (typeof value === "number" && p.role === "length") return said(amount(length(value)));
  if (typeof value === "number") return said(numberOf(value, p) + (p.unit && p.unit !== "1" ? ` ${unitOf(p.unit)}` : ""));
  if (p.type === "date-time" && typeof value === "string") return said((/(Z|[+-]\d\d:?\d\d)$/.test(value) ? sayMoment(value) : value.replace("T", " ")).slice(0, 16)); // in the reader's zone, as all moments are
  if (typeof value === "object") return said(JSON.stringify(value));
  return said(String(value) + (p.unit && /^[\d.]+$/.test(String(value)) ? ` ${unitOf(p.unit)}` : ""));
}

const pair = ([first, second]: [Amount, Amount], amount: Words["amount"]) => ({ value: amount(first), beside: amount(second), empty: false });

/** A number as a property has it: codes and years without thousands. */
export const numberOf = (value: number, p: Property) => (p.type === "integer" ? (p.unit ? figure(value) : String(value)) : figure(value, decimals(value)));

const decimals = (value: number) => Math.min(3, (String(value).split(".")[1] ?? "").length);

const units: Record<string, string> = { m2: "m²", m3: "m³", "m3/s": "m³/s", "m3/h": "m³/h", Cel: "°C", "[mu_cn]": "亩", har: "ha", a: "a", deg: "°", "{person}": "", "{household}": "" };
/** A unit as it is read, from its UCUM code. */
export const unitOf = (ucum: string) => units[ucum] ?? ucum.replace(/[{}[\]]/g, "");

/** What the geometry itself says: ellipsoidal area, length, or place. */
export function figures(feature: Feature, { t, amount }: Words): Reading[] {
  const shape = feature.geometry;
  if (!shape) return [];
  const said = (name: string, label: string, value: string, beside?: string): Reading => ({ name, label, value, beside, empty: false });
  const polygons = polygonsOf(shape);
  if (polygons.length > 0) {
    const m2 = polygons.reduce((sum, [outer, ...holes]) => sum + areaOf(outer) - holes.reduce((s, h) => s + areaOf(h), 0), 0);
    const [mu, metric] = area(m2);
    return [
      said("area", t("feature.areaGeometry"), amount(mu), amount(metric)),
      said("perimeter", t("feature.perimeter"), amount(length(polygons.flat().reduce((sum, ring) => sum + lengthOf(ring), 0)))),
    ];
  }
  const lines = linesOf(shape);
  if (lines.length > 0) return [said("length", t("feature.lengthGeometry"), amount(length(lines.reduce((sum, l) => sum + lengthOf(l), 0))))];
  const [at] = positions(shape);
  if (!at) return [];
  const { x, y, zone } = toZone(at[0], at[1], 39);
  return [
    said("lonlat", t("feature.lonlat"), `${at[0].toFixed(6)}, ${at[1].toFixed(6)}`),
    said("zone", `${t("feature.zone")}`, `X ${x.toFixed(3)}  Y ${zone}${y.toFixed(3).padStart(10, "0")}`),
  ];
}

/** What a feature is called: its label, else its number. A label that is the name of its class is said as the reader says it. */
export function titleOf(layer: LayerInfo, feature: Feature | undefined, id: string, schemes: Schemes, named: Words["named"]): string {
  const codeOf = (name: string) => schemes.get(layer.properties?.find((p) => p.name === name)?.scheme ?? "")?.get(String(feature?.properties?.[name]));
  for (const name of [layer.style.label, layer.labelField, layer.style.by, layer.idField]) {
    const value = name ? feature?.properties?.[name] : undefined;
    if (value === undefined || value === null || value === "") continue;
    const kind = layer.style.by ? codeOf(layer.style.by) : undefined;
    const code = codeOf(name!) ?? (kind?.name === value ? kind : undefined);
    return code ? named(code) : String(value);
  }
  return `${named(layer)} ${id}`;
}

/** A value as it is read in a column, whose head says the unit; the code stands behind its name. */
export function cell(p: Property, value: unknown, schemes: Schemes, words: Words): { value: string; beside?: string } {
  if (typeof value === "number" && !p.scheme) return { value: numberOf(value, p) };
  const { empty, ...said } = read({ ...p, unit: undefined, role: undefined }, value, schemes, words);
  return empty ? { value: "" } : said;
}
