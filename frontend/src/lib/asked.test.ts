import type { SourceSpecification } from "maplibre-gl";
import { expect, it } from "vitest";
import { askedSources, askedTiles } from "./asked";

const tiles = ["http://x/tiles/dltb/{z}/{x}/{y}.mvt"];

it("asks for all of now by the plain address", () => expect(askedTiles(tiles, "dltb", { filters: { road: "a = 1" }, asOf: null })).toBe(tiles));

it("asks for some, of a moment", () =>
  expect(askedTiles(tiles, "dltb", { filters: { dltb: "dlbm = '01' AND a > 1" }, asOf: "2026-05-01T08:00:00+08:00" })).toEqual([
    "http://x/tiles/dltb/{z}/{x}/{y}.mvt?filter=dlbm%20%3D%20'01'%20AND%20a%20%3E%201&as-of=2026-05-01T08%3A00%3A00%2B08%3A00",
  ]));

it("leaves a layer without a past at now, and other sources alone", () => {
  const sources: Record<string, SourceSpecification> = { dltb: { type: "vector", tiles }, view: { type: "vector", tiles }, mark: { type: "geojson", data: "x" } };
  const asked = askedSources(sources, { filters: {}, asOf: "2026-05-01T08:00:00Z" }, new Set(["view"]));
  expect(asked.dltb).not.toBe(sources.dltb);
  expect(asked.view).toEqual(sources.view);
  expect(asked.mark).toBe(sources.mark);
});
