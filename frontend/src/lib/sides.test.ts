import { expect, it } from "vitest";
import { placed, shownOn, sidesOf } from "./sides";

it("shows on each side all but the layer of the other", () => {
  const shown = ["road", "land", "plan"];
  expect(shownOn("left", shown, { left: "land", right: "plan" })).toEqual(["road", "land"]);
  expect(shownOn("right", shown, { left: "land", right: "plan" })).toEqual(["road", "plan"]);
  expect(shownOn("right", shown, null)).toEqual(shown);
});

it("puts another layer on a side, and never the same on both", () => {
  expect(placed({ left: "land", right: "plan" }, "right", "soil")).toEqual({ left: "land", right: "soil" });
  expect(placed({ left: "land", right: "plan" }, "right", "land")).toEqual({ left: "plan", right: "land" });
  expect(placed({ left: "land", right: "plan" }, "left", "plan")).toEqual({ left: "plan", right: "land" });
});

it("begins with the land that is shown and a plan of another theme", () => {
  const layer = (name: string, theme: string, geometryType: string, count: number, by?: string) => ({ name, theme, geometryType, count, style: { by } });
  const layers = [
    layer("county", "base", "MultiPolygon", 1), layer("building", "base", "MultiPolygon", 9e5), layer("road", "base", "MultiLineString", 2e5, "class"),
    layer("village", "base", "MultiPolygon", 661, "dlbm"), layer("land", "landuse", "MultiPolygon", 3e5, "dlbm"), layer("plan", "planning", "MultiPolygon", 8e4, "code"),
  ];
  expect(sidesOf(["county", "village", "land"], layers)).toEqual({ left: "land", right: "plan" });
  expect(sidesOf(["land"], layers, "plan")).toEqual({ left: "plan", right: "land" });
  expect(sidesOf([], layers, "road")).toEqual({ left: "road", right: "land" });
  expect(sidesOf([], layers.slice(0, 2))).toEqual({ left: "building", right: "county" });
  expect(sidesOf([], layers.slice(0, 1))).toBeNull();
});
