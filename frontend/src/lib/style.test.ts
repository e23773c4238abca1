import type { LayerSpecification } from "maplibre-gl";
import { expect, test } from "vitest";
import { groundOpacity } from "./style";

const fill = (name: string, part: string, colour: unknown) =>
  ({ id: `${name}:${part}`, type: "fill", source: name, metadata: { "onemap:layer": name }, paint: { "fill-color": colour } }) as LayerSpecification;

test("the ground is faint where the land whose tint it has is not shown", () => {
  const ground = fill("xzq_county", "ground", "#FDF3CA");
  const byClass = ["match", ["get", "dlbm"], "0702", "#EECCC8", "0102", "#FDF3CA", "#CCCCCC"];
  const layers = [ground, fill("resa", "fill", byClass), fill("dltb", "fill", byClass), fill("river", "fill", "#C0DCF0")];
  expect(groundOpacity(layers, new Set(["dltb", "resa"]))).toBe(1);
  expect(groundOpacity(layers, new Set(["resa", "pipe"]))).toBeLessThan(0.5);
  expect(groundOpacity([ground, fill("river", "fill", "#C0DCF0")], new Set())).toBe(1); // nothing else would say where the county is
});
