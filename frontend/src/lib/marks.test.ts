import { describe, expect, it } from "vitest";
import { pieces } from "./marks";

describe("pieces", () => {
  const said = (text: string, marks: [number, number][]) => pieces(text, marks).map((p) => (p.marked ? `[${p.text}]` : p.text)).join("");
  it.each<[string, [number, number][], string]>([
    ["寿张集村", [[0, 2]], "[寿张]集村"],
    ["寿张集村", [[0, 1], [3, 4]], "[寿]张集[村]"],
    ["寿张集村", [[0, 4]], "[寿张集村]"],
    ["寿张集村", [], "寿张集村"],
    ["𠮷家庄", [[1, 2]], "𠮷[家]庄"],
    ["", [], ""],
  ])("of %s %j", (text, marks, want) => expect(said(text, marks)).toBe(want));
});
