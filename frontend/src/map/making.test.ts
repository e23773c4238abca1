import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useMap } from "./current";
import { came, hear } from "./making";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});

const answer = (text: string) => new Blob([text]);
const made = (done: number) => answer(`{"status": 503, "making": {"layer": "dltb", "done": ${done}}}`);
const [west, east] = [{ source: "dltb", key: "9/420/201" }, { source: "dltb", key: "9/421/201" }];

test("how far a small-scale map is, is known until the last tile that waits for it is there", async () => {
  expect(await hear(west, made(0.43))).toBe(true);
  expect(await hear(east, made(0.61))).toBe(true);
  expect(useMap.getState().making).toEqual({ dltb: 0.61 });
  came(west);
  came({ source: "road", key: east.key });
  expect(useMap.getState().making).toEqual({ dltb: 0.61 });
  came(east);
  expect(useMap.getState().making).toEqual({});
});

test("a tile of which nothing more is heard is off the screen", async () => {
  await hear(west, made(0.43));
  vi.advanceTimersByTime(15_000);
  await hear(west, made(0.5));
  vi.advanceTimersByTime(15_000);
  expect(useMap.getState().making).toEqual({ dltb: 0.5 });
  vi.advanceTimersByTime(6000);
  expect(useMap.getState().making).toEqual({});
});

test.each(["<html>502</html>", '{"title": "Busy"}'])("an answer of another kind says nothing: %s", async (text) => {
  expect(await hear(west, answer(text))).toBe(false);
  expect(useMap.getState().making).toEqual({});
});
