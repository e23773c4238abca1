import { expect, test } from "vitest";
import type { Feature, LayerInfo } from "../api/types";
import { titleOf, type Schemes } from "./attributes";

const parcels = {
  name: "dltb", title: "地类图斑", titleEn: "Land-use parcels", idField: "bsm", style: { kind: "fill", by: "dlbm", label: "dlmc" },
  properties: [{ name: "bsm" }, { name: "dlbm", scheme: "dlbm" }, { name: "dlmc" }],
} as LayerInfo;
const schemes = new Map([["dlbm", new Map([["0701", { code: "0701", name: "城镇住宅用地", nameEn: "Urban housing" }]])]]) as unknown as Schemes;
const english = (thing: { titleEn?: string; nameEn?: string; title?: string; name?: string }) => thing.titleEn ?? thing.nameEn ?? thing.title ?? thing.name ?? "";
const titled = (properties: Record<string, unknown>) => titleOf(parcels, { properties } as Feature, "17", schemes, english);

test("a feature is called by its label, said in the reader's language where it is the name of its class", () => {
  expect(titled({ bsm: "3708", dlbm: "0701", dlmc: "城镇住宅用地" })).toBe("Urban housing");
  expect(titled({ bsm: "3708", dlbm: "0701", dlmc: "水泊小区" })).toBe("水泊小区");
  expect(titled({ bsm: "3708", dlbm: "0701", dlmc: "" })).toBe("Urban housing");
  expect(titled({ bsm: "3708" })).toBe("3708");
  expect(titled({})).toBe("Land-use parcels 17");
});
