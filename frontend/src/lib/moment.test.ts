import { describe, expect, it } from "vitest";
import type { LayerInfo } from "../api/types";
import { density, fromField, momentAt, nextTo, sayMoment, timelessOf, toField } from "./moment";

const t = (second: number) => Date.UTC(2026, 4, 1, 0, 0, second);

describe("moments", () => {
  it("go to the browser's field and back", () => {
    expect(fromField(toField("2026-05-01T08:00:05Z"))).toBe("2026-05-01T08:00:05Z");
    expect(fromField("")).toBeNull();
    expect(sayMoment("nonsense")).toBe("");
    expect(sayMoment("2026-05-01T08:00:05Z")).toMatch(/^2026-0[45]-\d\d \d\d:\d\d:05$/);
  });
  it("are whole seconds", () => expect(momentAt(t(5) + 900)).toBe("2026-05-01T00:00:05Z"));
  it("lie more or less densely", () => {
    expect(density([t(0), t(1), t(9), t(10), t(99)], [t(0), t(10)], 5)).toEqual([2, 0, 0, 0, 2]);
    expect(density([t(0)], [t(0), t(0)], 3)).toEqual([1, 0, 0]);
  });
  it("step from change to change", () => {
    const times = [t(10), t(20) + 500];
    expect(nextTo(times, t(30), -1)).toBe(t(19));
    expect(nextTo(times, t(19), -1)).toBe(t(9));
    expect(nextTo(times, t(9), -1)).toBeNull();
    expect(nextTo(times, t(9), 1)).toBe(t(11));
    expect(nextTo(times, t(11), 1)).toBe(t(21));
    expect(nextTo(times, t(21), 1)).toBeNull();
  });
  it("are not of layers that keep none", () =>
    expect([...timelessOf([{ name: "a", tracked: true }, { name: "b" }] as LayerInfo[])]).toEqual(["b"]));
});
