import { describe, expect, it } from "vitest";
import { readCoordinate } from "./coordinate";
import { fromZone, toZone } from "./gauss";
import { fromGcj, toGcj } from "./gcj";
import { areaOf, lengthOf } from "./measure";
import type { LonLat } from "./ellipsoid";
import { area, figure, length, scaleBar } from "./units";

// Vectors by PROJ and GeographicLib.
describe("3° zone", () => {
  it.each([
    [116.09, 35.8, 3963733.3661, 417743.2726],
    [115.870312, 35.614699, 3943379.0632, 397647.8534],
    [116.365761, 35.981899, 3983720.2105, 442801.2425],
    [117, 35.8, 3963351.2406, 500000],
  ])("%f, %f", (lon, lat, x, y) => {
    const p = toZone(lon, lat, 39);
    expect(p.x).toBeCloseTo(x, 3);
    expect(p.y).toBeCloseTo(y, 3);
    const back = fromZone(p);
    expect(back[0]).toBeCloseTo(lon, 10);
    expect(back[1]).toBeCloseTo(lat, 10);
  });
});

describe("GCJ-02", () => {
  it("shifts as internet maps do, and back", () => {
    const [lon, lat] = toGcj([116.09, 35.8]);
    expect(lon).toBeCloseTo(116.095843325, 8);
    expect(lat).toBeCloseTo(35.800129028, 8);
    const back = fromGcj([lon, lat]);
    expect(back[0]).toBeCloseTo(116.09, 10);
    expect(back[1]).toBeCloseTo(35.8, 10);
  });
  it("leaves other countries alone", () => expect(toGcj([2.35, 48.85])).toEqual([2.35, 48.85]));
});

describe("areas and lengths on the ellipsoid", () => {
  const square = (w: number, s: number): LonLat[] => [[w, s], [w + 0.01, s], [w + 0.01, s + 0.01], [w, s + 0.01]];
  it.each<[LonLat[], number]>([
    [square(116.09, 35.8), 1002871.7705],
    [[[116.1, 35.8], [116.1012, 35.8001], [116.1013, 35.801], [116.0999, 35.8011]], 13038.0505],
    [square(115.88, 35.7), 1004110.5568],
  ])("area %#", (ring, m2) => expect(areaOf(ring)).toBeCloseTo(m2, 2));
  it("does not mind closed or reversed rings", () => {
    const ring = square(116.09, 35.8);
    expect(areaOf([...ring, ring[0]])).toBeCloseTo(areaOf([...ring].reverse()), 4);
  });
  it("agrees with the equator and the meridian", () => {
    expect(lengthOf([[116, 0], [117, 0]])).toBeCloseTo(111319.4908, 3);
    expect(lengthOf([[116, 35], [116, 36]])).toBeCloseTo(110949.99, 0);
    expect(lengthOf([[116, 35]])).toBe(0);
    expect(lengthOf([[116, 35], [116, 35]])).toBe(0);
  });
});

describe("readCoordinate", () => {
  const there: LonLat = [116.09, 35.8];
  it.each([
    ["116.09,35.80", "degrees"],
    ["35.80 116.09", "degrees"],
    ["116.09，35.80", "degrees"],
    ["lon=116.09 lat=35.8", "degrees"],
    ["东经116.09 北纬35.80", "degrees"],
    ["geo:35.8,116.09", "degrees"],
    ["116°05′24″E 35°48′00″N", "dms"],
    ["N35°48'0\" E116°5'24\"", "dms"],
    ["35度48分 116度5.4分", "dms"],
    ["3963733.366 417743.273", "zone"],
    ["417743.273, 3963733.366", "zone"],
    ["X=3963733.366 Y=39417743.273", "zone"],
    ["39417743.273,3963733.366", "zone"],
  ])("%s", (text, kind) => {
    const [first] = readCoordinate(text);
    expect(first.kind).toBe(kind);
    expect(first.at[0]).toBeCloseTo(there[0], 6);
    expect(first.at[1]).toBeCloseTo(there[1], 6);
  });
  it("offers plain degrees as copied from a phone too", () => {
    const [plain, gcj] = readCoordinate("116.095843325,35.800129028");
    expect(plain.kind).toBe("degrees");
    expect(gcj.kind).toBe("gcj");
    expect(gcj.at[0]).toBeCloseTo(116.09, 8);
  });
  it("believes a phone's map link", () => {
    const [first] = readCoordinate("https://uri.amap.com/marker?position=116.095843325,35.800129028&name=x");
    expect(first.kind).toBe("gcj");
    expect(first.at[1]).toBeCloseTo(35.8, 8);
  });
  it("puts another zone where it belongs", () => {
    const [first] = readCoordinate("3963351.2406 38500000");
    expect(first.zone).toBe(38);
    expect(first.at[0]).toBeCloseTo(114, 8);
  });
  it.each(["", "水泊街道", "370832001", "12 号楼 3", "1,2", "116.09", "0101 0102"])("%s is none", (text) => expect(readCoordinate(text)).toEqual([]));
});

describe("figures", () => {
  it("parts thousands by a thin space", () => expect(figure(1234567.891, 1)).toBe("1\u2009234\u2009567.9"));
  it("gives areas in mu with a metric one beside", () => {
    expect(area(15469)).toEqual([{ value: "23.20", unit: "mu" }, { value: "15\u2009469.0", unit: "m2" }]);
    expect(area(2e6)[1]).toEqual({ value: "200.00", unit: "ha" });
    expect(area(3.86e7)[1]).toEqual({ value: "38.60", unit: "km2" });
  });
  it("gives lengths in m, then km", () => {
    expect(length(999.94)).toEqual({ value: "999.9", unit: "m" });
    expect(length(1500)).toEqual({ value: "1.500", unit: "km" });
  });
  it("draws a round scale bar that fits", () => {
    const { metres, width } = scaleBar(13, 35.8, 100);
    expect([1, 2, 5]).toContain(Number(String(metres)[0]));
    expect(width).toBeLessThanOrEqual(100);
  });
});
