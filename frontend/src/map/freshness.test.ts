import type { Map as MapLibre } from "maplibre-gl";
import { afterEach, expect, test, vi } from "vitest";
import { Freshness } from "./freshness";

afterEach(() => vi.restoreAllMocks());

/** A map that only hears and refreshes. */
function listening() {
  const heard = new Map<string, (e: unknown) => void>();
  const refreshTiles = vi.fn();
  const map = { on: (name: string, f: (e: unknown) => void) => heard.set(name, f), getSource: (id: string) => id === "dltb", refreshTiles };
  new Freshness(map as unknown as MapLibre);
  return { refreshTiles, fail: (e: unknown) => heard.get("error")!(e) };
}
const tile = { tileID: { canonical: { z: 14, x: 13473, y: 6443 } } };

test("a tile that a busy server refused is fetched again", () => {
  vi.useFakeTimers();
  const { refreshTiles, fail } = listening();
  fail({ error: { status: 503 }, sourceId: "dltb", tile });
  expect(refreshTiles).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2000);
  expect(refreshTiles).toHaveBeenCalledExactlyOnceWith("dltb", [{ z: 14, x: 13473, y: 6443 }]);
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
