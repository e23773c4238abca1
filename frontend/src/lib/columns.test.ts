import { expect, it } from "vitest";
import type { LayerInfo } from "../api/types";
import { blocksOf, columnsOf, span } from "./columns";

const layer = {
  properties: [
    { name: "fid", title: "内部号", type: "integer", role: "hidden" },
    { name: "dlbm", title: "地类编码", type: "string", scheme: "dlbm" },
    { name: "tbmj", title: "图斑面积", type: "number", unit: "m2" },
    { name: "x", title: "一个名字特别长的数值字段", type: "number" },
  ],
} as unknown as LayerInfo;

it("leaves out what is hidden, and gives a long title its room", () => {
  const columns = columnsOf(layer, (p) => p.title);
  expect(columns.map((c) => c.property.name)).toEqual(["dlbm", "tbmj", "x"]);
  expect(columns.map((c) => c.figures)).toEqual([false, true, true]);
  expect(columns[2].width).toBeGreaterThan(columns[1].width);
});

it("asks for the blocks in view alone", () => {
  expect(blocksOf(95, 130, 350_000, 100)).toEqual([0, 100]);
  expect(blocksOf(349_980, 350_020, 350_000, 100)).toEqual([349_900]);
  expect(blocksOf(0, 30, 0, 100)).toEqual([]);
});

it("spans either way", () => {
  expect(span([1, 2, 3, 4], 3, 1)).toEqual([2, 3, 4]);
  expect(span([1, 2, 3, 4], -1, 1)).toEqual([1, 2]);
});
