import type { StyleSpecification } from "maplibre-gl";
import { describe, expect, it } from "vitest";
import { readLink, writeLink, type Link } from "./link";
import { faded, legendOf } from "./style";
import { overlap, tilesOf } from "./tiles";

describe("links", () => {
  it.each<Link>([
    {},
    { view: { zoom: 13.25, lat: 35.8, lon: 116.09 } },
    { area: "pipeline", layers: ["pipe_line", "路,网"], opacity: { dltb: 60 }, feature: { layer: "dltb", id: "12" }, lang: "en", theme: "dark" },
    { layers: [] },
    { filters: { dltb: "tbmj > 1,000 AND dlmc = 'a:b'", road: '"等级" = 1' }, table: { layer: "dltb", sort: "-tbmj" } },
    { table: { layer: "dltb" }, asOf: "2026-05-01T08:00:00Z" },
    { compare: { from: "2026-05-01T08:00:00Z" }, handle: 12.5 },
    { swipe: { left: "dltb", right: "ydyhgh" }, handle: 0, asOf: "2026-05-01T08:00:00Z" },
    { compare: { from: "2026-05-01T08:00:00Z", to: "2026-06-01T08:00:00+08:00", layer: "dltb" } },
    { import: "6f0c7a52-9d3e-4f0b-8a57-0d6f6a1b2c3d" },
  ])("say what was meant %#", (link) => expect(readLink("?" + writeLink(link))).toEqual(link));
  it.each(["at=x/y/z", "at=3/91/0", "opacity=dltb:300", "feature=dltb", "lang=fr", "theme=pink", "as-of=yesterday", "compare=x/y", "swipe=dltb", "swipe=dltb/dltb", "handle=101", "handle=", "filter=dltb", "import=../layers", "%=%"])("leave out nonsense: %s", (q) => expect(readLink(q)).toEqual({}));
});

describe("tilesOf", () => {
  it("names the tile of a point, and neighbours that hold its edge", () => {
    expect(tilesOf([116.09, 35.81, 116.09, 35.81], 14)).toEqual([{ z: 14, x: 13475, y: 6444 }]);
    const west = (13475 / 2 ** 14) * 360 - 180;
    expect(tilesOf([west, 35.81, west, 35.81], 14).map((t) => t.x)).toEqual([13474, 13475]);
  });
  it("gives up on what would be the whole map", () => expect(tilesOf([115, 35, 117, 36], 18)).toEqual([]));
  it("knows what bounds share", () => {
    expect(overlap([0, 0, 2, 2], [1, 1, 3, 3])).toEqual([1, 1, 2, 2]);
    expect(overlap([0, 0, 1, 1], [2, 2, 3, 3])).toBeNull();
  });
});

const style = {
  version: 8, sources: {}, layers: [
    { id: "land:fill", type: "fill", source: "land", metadata: { "onemap:layer": "land", "onemap:kind": "fill", "onemap:legend": true },
      paint: { "fill-color": ["match", ["to-string", ["get", "c"]], "01", "#111111", "02", "#222222", "#999999"], "fill-opacity": 0.5 } },
    { id: "land:edge", type: "line", source: "land", metadata: { "onemap:layer": "land" },
      paint: { "line-color": "#333333", "line-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0.4, 15, 1] } },
    { id: "eco:fill", type: "fill", source: "eco", metadata: { "onemap:layer": "eco", "onemap:kind": "hatch", "onemap:legend": true },
      paint: { "fill-pattern": "hatch-2F7D4F" } },
  ],
} as unknown as StyleSpecification;

describe("legendOf", () => {
  it("reads classes and colours from the style", () => {
    const legend = legendOf(style, "land")!;
    expect(legend.samples.map((s) => [s.code, s.colour])).toEqual([["01", "#111111"], ["02", "#222222"], [null, "#999999"]]);
    expect(legend.edge).toBe("#333333");
  });
  it("knows a pattern", () => expect(legendOf(style, "eco")!.samples).toEqual([{ code: null, colour: "#2F7D4F", pattern: "hatch" }]));
  it("has nothing to say about a layer that isn't drawn", () => expect(legendOf(style, "none")).toBeNull());
});

describe("faded", () => {
  it("scales numbers and stops", () => {
    expect(faded(style.layers[0], 0.5)).toEqual([["fill-opacity", 0.25]]);
    expect(faded(style.layers[1], 0.5)).toEqual([["line-opacity", ["interpolate", ["linear"], ["zoom"], 13, 0.2, 15, 0.5]]]);
    expect(faded(style.layers[2], 0.5)).toEqual([["fill-opacity", 0.5]]);
  });
});
