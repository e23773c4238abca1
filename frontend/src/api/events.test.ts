import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { follow } from "./events";

/** A browser's stream that only does what it is told. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static all: Stream[] = [];
  readyState = 1;
  onopen = () => {};
  onerror = () => {};
  close = vi.fn();
  constructor(readonly url: string) {
    super();
    Stream.all.push(this);
  }
  say(name: string, data: unknown, id = "") {
    this.dispatchEvent(Object.assign(new Event(name), { data: JSON.stringify(data), lastEventId: id }));
  }
  fail(closed: boolean) {
    this.readyState = closed ? 2 : 0;
    this.onerror();
  }
}

let say: (name: "online" | "offline") => void; // what the machine says of its line

beforeEach(() => {
  Stream.all = [];
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Stream);
  const page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  say = (name) => void page.dispatchEvent(new Event(name));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const following = () => {
  const told = { onChange: vi.fn(), onRemade: vi.fn(), onReset: vi.fn(), onState: vi.fn() };
  return { ...told, stop: follow(told) };
};

test("a stream that the server refused begins again behind the last change heard of", () => {
  const { onChange, onState, stop } = following();
  const [first] = Stream.all;
  first.onopen();
  first.say("position", { position: 7 }, "7");
  first.say("change", { layer: "dltb", position: 9 }, "9");
  first.fail(true);
  vi.advanceTimersByTime(3000);
  expect(onState.mock.calls).toEqual([[true], [false]]);
  expect(Stream.all.map((s) => s.url)).toEqual(["/events", "/events?after=9"]);
  Stream.all[1].onopen();
  Stream.all[1].say("change", { layer: "dltb", position: 10 }, "10");
  expect(onChange).toHaveBeenCalledTimes(2);
  expect(onState).toHaveBeenLastCalledWith(true);
  stop();
});

test("a line that went dead without a word is left for another; one that beats is kept", () => {
  const { stop } = following();
  const [first] = Stream.all;
  first.say("position", { position: 7 }, "7");
  for (let i = 0; i < 10; i++) {
    vi.advanceTimersByTime(15_000);
    first.say("beat", {}, "7");
  }
  expect(Stream.all).toHaveLength(1);
  vi.advanceTimersByTime(51_000);
  expect(first.close).toHaveBeenCalled();
  expect(Stream.all.map((s) => s.url)).toEqual(["/events", "/events?after=7"]);
  stop();
});

test("a line that the machine says is cut is said to be, and taken up again with it", () => {
  const { onState, stop } = following();
  const [first] = Stream.all;
  first.onopen();
  first.say("position", { position: 7 }, "7");
  say("offline");
  vi.advanceTimersByTime(2000);
  expect(onState).toHaveBeenLastCalledWith(false);
  say("online");
  expect(Stream.all.map((s) => s.url)).toEqual(["/events", "/events?after=7"]);
  Stream.all[1].onopen();
  expect(onState).toHaveBeenLastCalledWith(true);
  stop();
  say("online");
  expect(Stream.all).toHaveLength(2);
});

test("what the browser mends in a moment is not said, and nothing goes on after the end", () => {
  const { onState, stop } = following();
  const [first] = Stream.all;
  first.onopen();
  first.fail(false);
  vi.advanceTimersByTime(1000);
  first.onopen();
  vi.advanceTimersByTime(5000);
  expect(onState.mock.calls).toEqual([[true], [true]]);
  stop();
  vi.advanceTimersByTime(200_000);
  expect(Stream.all).toHaveLength(1);
});
