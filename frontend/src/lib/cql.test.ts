import { describe, expect, it } from "vitest";
import { both, complete, operatorsOf, readCql, writeCql, type Condition, type Simple } from "./cql";

const types = { tbmj: "number", dlbm: "string", sjnf: "integer", day: "date", at: "date-time", ok: "boolean", order: "string", "名": "string" } as const;
const typeOf = (name: string) => types[name as keyof typeof types];
const one = (property: string, operator: Condition["operator"], ...values: string[]): Simple => ({ join: "AND", conditions: [{ property, operator, values }] });

const said: [string, Simple][] = [
  ["tbmj > 1000", one("tbmj", "more", "1000")],
  ["tbmj BETWEEN 1 AND 2.5", one("tbmj", "between", "1", "2.5")],
  ["dlbm IN ('0101', '0103')", one("dlbm", "oneOf", "0101", "0103")],
  ["dlbm = 'it''s'", one("dlbm", "is", "it's")],
  ["dlbm LIKE '%50\\%\\_%'", one("dlbm", "contains", "50%_")],
  ["dlbm LIKE '01%'", one("dlbm", "begins", "01")],
  ["dlbm IS NOT NULL", one("dlbm", "filled")],
  ["day >= DATE('2026-05-01')", one("day", "atLeast", "2026-05-01")],
  ["at < TIMESTAMP('2026-05-01T08:00:00Z')", one("at", "less", "2026-05-01T08:00:00Z")],
  ["ok = TRUE", one("ok", "is", "true")],
  ['"名" <> \'甲\'', one("名", "not", "甲")],
  ["sjnf = 2020 OR dlbm IS NULL", { join: "OR", conditions: [...one("sjnf", "is", "2020").conditions, ...one("dlbm", "empty").conditions] }],
];

describe("filters", () => {
  it.each(said)("%s is written and read", (text, simple) => {
    expect(writeCql(simple, typeOf)).toBe(text);
    expect(readCql(text)).toEqual(simple);
  });
  it("a name that is a word of the language is quoted", () => expect(writeCql(one("in", "is", "x"), typeOf)).toBe(`"in" = 'x'`));
  it("a moment of the reader's zone is written in UTC", () => expect(writeCql(one("at", "is", "2026-05-01T08:00:00+08:00"), typeOf)).toBe("at = TIMESTAMP('2026-05-01T00:00:00Z')"));
  it("what is not complete is left out", () => {
    expect(complete({ property: "tbmj", operator: "between", values: ["1", ""] })).toBe(false);
    expect(writeCql({ join: "AND", conditions: [...one("tbmj", "is").conditions, ...one("dlbm", "empty").conditions] }, typeOf)).toBe("dlbm IS NULL");
  });
  it.each(["a = 1 AND b = 2 OR c = 3", "(a = 1)", "NOT a = 1", "a = b", "S_INTERSECTS(geom, POINT(1 2))", "a LIKE 'x_y%'", "a = 'open", "a =", "a = 1 AND", "= 1", "a ~ 2", "a IN (1,", "CASEI(a) = 'x'"])(
    "the builder leaves alone what it cannot show: %s", (text) => expect(readCql(text)).toBeNull());
  it("nothing is no condition", () => expect(readCql(" ")).toEqual({ join: "AND", conditions: [] }));
  it("joins two", () => {
    expect(both("a = 1", "b = 2")).toBe("(a = 1) AND (b = 2)");
    expect(both("", "b = 2")).toBe("b = 2");
  });
  it("asks of a code which of the list", () => expect(operatorsOf("string", true)[0]).toBe("oneOf"));
});
