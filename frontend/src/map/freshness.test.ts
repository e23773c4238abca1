import type { Map as MapLibre } from "maplibre-gl";
import { afterEach, expect, test, vi } from "vitest";
import { useMap } from "./current";
import { Freshness } from "./freshness";

afterEach(() => vi.restoreAllMocks());

/** A map that only hears and refreshes. */
function listening() {
  const heard = new Map<string, (e: unknown) => void>();
  const refreshTiles = vi.fn();
  const map = { on: (name: string, f: (e: unknown) => void) => heard.set(name, f), getSource: (id: string) => id === "dltb", refreshTiles };
  new Freshness(map as unknown as MapLibre);
  return { refreshTiles, fail: (e: unknown) => heard.get("error")!(e), come: (e: unknown) => heard.get("sourcedata")!(e) };
}
const tile = { tileID: { canonical: { z: 14, x: 13473, y: 6443 } } };

test("a tile that a busy server refused is fetched again", async () => {
  vi.useFakeTimers();
  const { refreshTiles, fail } = listening();
  fail({ error: { status: 503 }, sourceId: "dltb", tile });
  expect(refreshTiles).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2000);
  expect(refreshTiles).toHaveBeenCalledExactlyOnceWith("dltb", [{ z: 14, x: 13473, y: 6443 }]);
  vi.useRealTimers();
});

test("a tile that never came is fetched again once the line may be back", async () => {
  vi.useFakeTimers();
  const { refreshTiles, fail } = listening();
  fail({ error: new TypeError("Failed to fetch"), sourceId: "dltb", tile });
  await vi.advanceTimersByTimeAsync(2900);
  expect(refreshTiles).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(3200);
  expect(refreshTiles).toHaveBeenCalledOnce();
  vi.useRealTimers();
});

test("another error is said and nothing is fetched", () => {
  vi.useFakeTimers();
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  const { refreshTiles, fail } = listening();
  fail({ error: { status: 404 }, sourceId: "dltb", tile });
  fail({ error: new Error("style") });
  vi.advanceTimersByTime(5000);
  expect(refreshTiles).not.toHaveBeenCalled();
  expect(said).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});

test("tiles made again are fetched again each time, those of their zoom alone", () => {
  const refreshTiles = vi.fn();
  const map = { on: () => map, getSource: () => true, getZoom: () => 11.5, getBounds: () => ({ toArray: () => [[115.9, 35.6], [116.1, 35.8]] }), refreshTiles };
  const freshness = new Freshness(map as unknown as MapLibre);
  const place: [number, number, number, number] = [116.02, 35.7, 116.03, 35.71];
  freshness.remade("dltb", 9, place); // not on screen
  expect(refreshTiles).not.toHaveBeenCalled();
  freshness.remade("dltb", 11, place);
  freshness.remade("dltb", 11, place);
  expect(refreshTiles).toHaveBeenCalledTimes(2);
  for (const [source, tiles] of refreshTiles.mock.calls) expect([source, tiles]).toEqual(["dltb", [{ z: 11, x: 1684, y: 806 }]]);
});

test("however many changes there are, only tiles near them are fetched again", () => {
  const refreshTiles = vi.fn();
  const map = { on: () => map, getSource: () => true, getZoom: () => 14.5, getBounds: () => ({ toArray: () => [[116.0, 35.7], [116.1, 35.8]] }), refreshTiles };
  const freshness = new Freshness(map as unknown as MapLibre);
  for (let i = 0; i < 300; i++) {
    const [lon, lat] = [116.01 + (i % 2) * 0.08, 35.71 + (i % 7) * 0.0001];
    freshness.changed("dltb", [lon, lat, lon, lat]);
  }
  const tiles = refreshTiles.mock.calls.map(([, list]) => (list as unknown[]).length);
  expect(tiles).toHaveLength(300); // each change is shown
  expect(Math.max(...tiles)).toBeLessThan(20); // and costs a few tiles, never the whole screen
});

test("a tile that waits for a mosaic is not asked for every second, and is waited for until it is there", async () => {
  vi.useFakeTimers();
  const { refreshTiles, fail, come } = listening();
  fail({ error: { status: 503, body: new Blob(['{"making": {"layer": "dltb", "done": 0.4}}']) }, sourceId: "dltb", tile });
  await vi.advanceTimersByTimeAsync(5900);
  expect(useMap.getState().making).toEqual({ dltb: 0.4 });
  expect(refreshTiles).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(6200);
  expect(refreshTiles).toHaveBeenCalledOnce();
  come({ sourceId: "dltb", tile: { ...tile, state: "errored" } });
  expect(useMap.getState().making).toEqual({ dltb: 0.4 });
  come({ sourceId: "dltb", tile: { ...tile, state: "loaded" } });
  expect(useMap.getState().making).toEqual({});
  vi.useRealTimers();
});
