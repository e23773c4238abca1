import { afterEach, expect, test, vi } from "vitest";
import { useMap } from "./current";
import { hear } from "./making";

afterEach(() => {
  vi.useRealTimers();
  useMap.setState({ making: {} });
});

const answer = (text: string) => new Blob([text]);

test("how far a small-scale map is, is known while tiles wait for it, and forgotten when none does any more", async () => {
  vi.useFakeTimers();
  await hear(answer('{"status": 503, "making": {"layer": "dltb", "done": 0.43}}'));
  expect(useMap.getState().making).toEqual({ dltb: 0.43 });
  vi.advanceTimersByTime(4000);
  await hear(answer('{"making": {"layer": "dltb", "done": 0.61}}'));
  vi.advanceTimersByTime(4000);
  expect(useMap.getState().making).toEqual({ dltb: 0.61 });
  vi.advanceTimersByTime(2000);
  expect(useMap.getState().making).toEqual({});
});

test.each(["<html>502</html>", '{"title": "Busy"}'])("an answer of another kind says nothing: %s", async (text) => {
  await hear(answer(text));
  expect(useMap.getState().making).toEqual({});
});
