import type { Property } from "../api/types";

/**
 * Filters as a reader builds them, and their CQL2 text. What the builder cannot say may still be typed: readCql then
 * returns null, and the text alone stands.
 */
export const operators = ["is", "not", "less", "atMost", "more", "atLeast", "between", "oneOf", "contains", "begins", "empty", "filled"] as const;
export type Operator = (typeof operators)[number];
export type Condition = { property: string; operator: Operator; values: string[] };
export type Simple = { join: "AND" | "OR"; conditions: Condition[] };
export type TypeOf = (property: string) => Property["type"] | undefined;

const signs: Partial<Record<Operator, string>> = { is: "=", not: "<>", less: "<", atMost: "<=", more: ">", atLeast: ">=" };
const operatorOf = new Map(Object.entries(signs).map(([operator, sign]) => [sign, operator as Operator]));

/** The operators that say something of a property of a type, the most usual first. */
export function operatorsOf(type: Property["type"], coded: boolean): Operator[] {
  if (coded) return ["oneOf", "is", "not", "empty", "filled"];
  if (type === "string") return ["contains", "is", "not", "begins", "oneOf", "empty", "filled"];
  if (type === "boolean") return ["is", "empty", "filled"];
  if (type === "object") return ["empty", "filled"];
  return ["between", "is", "not", "less", "atMost", "more", "atLeast", "empty", "filled"];
}

/** Whether a condition says enough to be asked. */
export function complete({ operator, values }: Condition): boolean {
  if (operator === "empty" || operator === "filled") return true;
  const said = values.filter((v) => v !== "");
  return operator === "between" ? said.length === 2 : said.length > 0;
}

/** The CQL2 text of all complete conditions; "" when there is none. */
export const writeCql = ({ join, conditions }: Simple, typeOf: TypeOf): string =>
  conditions.filter(complete).map((c) => writeOne(c, typeOf(c.property))).join(` ${join} `);

function writeOne({ property, operator, values }: Condition, type: Property["type"] | undefined): string {
  const name = writeName(property);
  const value = (v: string) => literal(v, type);
  switch (operator) {
    case "between": return `${name} BETWEEN ${value(values[0])} AND ${value(values[1])}`;
    case "oneOf": return `${name} IN (${values.filter((v) => v !== "").map(value).join(", ")})`;
    case "contains": return `${name} LIKE ${quote(`%${pattern(values[0])}%`)}`;
    case "begins": return `${name} LIKE ${quote(`${pattern(values[0])}%`)}`;
    case "empty": return `${name} IS NULL`;
    case "filled": return `${name} IS NOT NULL`;
    default: return `${name} ${signs[operator]} ${value(values[0])}`;
  }
}

const reserved = /^(AND|OR|NOT|LIKE|BETWEEN|IN|IS|NULL|TRUE|FALSE|DATE|TIMESTAMP|INTERVAL|CASEI|ACCENTI|DIV|BBOX|(MULTI)?(POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)$/i;

const writeName = (name: string) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
const pattern = (text: string) => text.replace(/[\\%_]/g, "\\$&");

function literal(value: string, type: Property["type"] | undefined): string {
  if ((type === "number" || type === "integer") && value.trim() !== "" && Number.isFinite(Number(value))) return value.trim();
  if (type === "boolean") return value === "true" ? "TRUE" : "FALSE";
  if (type === "date") return `DATE(${quote(value)})`;
  if (type === "date-time") return `TIMESTAMP(${quote(instant(value))})`;
  return quote(value);
}

/** A moment in UTC; one without a zone is of the reader's. */
function instant(value: string): string {
  const when = new Date(value);
  return Number.isNaN(when.getTime()) ? value : when.toISOString().replace(".000Z", "Z");
}

/** Both filters at once; either may be "". */
export const both = (a: string, b: string): string => (a && b ? `(${a}) AND (${b})` : a || b);

// ---- reading

type Token = { kind: "word" | "name" | "text" | "number" | "sign"; text: string };

function tokens(text: string): Token[] | null {
  const found: Token[] = [];
  const next = /\s*(?:([A-Za-z_][\w.]*)|"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(<>|<=|>=|[=<>(),]))/y;
  let at = 0;
  while (text.slice(at).trim() !== "") {
    next.lastIndex = at;
    const m = next.exec(text);
    if (!m) return null;
    at = next.lastIndex;
    if (m[1] !== undefined) found.push({ kind: "word", text: m[1] });
    else if (m[2] !== undefined) found.push({ kind: "name", text: m[2].replaceAll('""', '"') });
    else if (m[3] !== undefined) found.push({ kind: "text", text: m[3].replaceAll("''", "'") });
    else if (m[4] !== undefined) found.push({ kind: "number", text: m[4] });
    else found.push({ kind: "sign", text: m[5] });
  }
  return found;
}

/** Reads what the builder can show: conditions on one property each, all joined by the same word. null = it is more than that. */
export function readCql(text: string): Simple | null {
  const all = tokens(text);
  if (!all) return null;
  const reader = new Reader(all);
  const conditions: Condition[] = [];
  let join: Simple["join"] | undefined;
  while (!reader.done) {
    const one = reader.condition();
    if (!one) return null;
    conditions.push(one);
    if (reader.done) break;
    const word = reader.keyword("AND") ? "AND" : reader.keyword("OR") ? "OR" : null;
    if (!word || reader.done || (join && join !== word)) return null;
    join = word;
  }
  return { join: join ?? "AND", conditions };
}

class Reader {
  private at = 0;
  constructor(private readonly all: Token[]) {}

  get done(): boolean {
    return this.at >= this.all.length;
  }

  keyword(word: string): boolean {
    const t = this.all[this.at];
    const is = t && ((t.kind === "word" && t.text.toUpperCase() === word) || (t.kind === "sign" && t.text === word));
    if (is) this.at++;
    return !!is;
  }

  condition(): Condition | null {
    const t = this.all[this.at];
    if (!t || !(t.kind === "name" || (t.kind === "word" && !reserved.test(t.text)))) return null;
    this.at++;
    const property = t.text;
    if (this.keyword("IS")) {
      const operator = this.keyword("NOT") ? "filled" : "empty";
      return this.keyword("NULL") ? { property, operator, values: [] } : null;
    }
    if (this.keyword("LIKE")) return this.like(property);
    if (this.keyword("IN")) return this.list(property);
    if (this.keyword("BETWEEN")) {
      const from = this.value();
      const to = this.keyword("AND") ? this.value() : null;
      return from !== null && to !== null ? { property, operator: "between", values: [from, to] } : null;
    }
    const sign = this.all[this.at];
    const operator = sign?.kind === "sign" ? operatorOf.get(sign.text) : undefined;
    if (!operator) return null;
    this.at++;
    const value = this.value();
    return value === null ? null : { property, operator, values: [value] };
  }

  private like(property: string): Condition | null {
    const t = this.all[this.at++];
    const whole = t?.kind === "text" ? /^(%?)((?:[^%_\\]|\\[%_\\])*)%$/s.exec(t.text) : null;
    if (!whole) return null;
    return { property, operator: whole[1] ? "contains" : "begins", values: [whole[2].replace(/\\([%_\\])/g, "$1")] };
  }

  private list(property: string): Condition | null {
    if (!this.keyword("(")) return null;
    const values: string[] = [];
    do {
      const value = this.value();
      if (value === null) return null;
      values.push(value);
    } while (this.keyword(","));
    return this.keyword(")") ? { property, operator: "oneOf", values } : null;
  }

  private value(): string | null {
    const t = this.all[this.at++];
    if (t?.kind === "text" || t?.kind === "number") return t.text;
    if (t?.kind !== "word") return null;
    const word = t.text.toUpperCase();
    if (word === "TRUE" || word === "FALSE") return word.toLowerCase();
    if (word !== "DATE" && word !== "TIMESTAMP") return null;
    const said = this.keyword("(") ? this.all[this.at++] : undefined;
    return said?.kind === "text" && this.keyword(")") ? said.text : null;
  }
}
