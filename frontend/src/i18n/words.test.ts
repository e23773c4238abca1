import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import en from "./en.json";
import importEn from "./import.en.json";
import importZh from "./import.zh.json";
import readingEn from "./reading.en.json";
import readingZh from "./reading.zh.json";
import zh from "./zh.json";

const keys = (words: object, path = ""): string[] =>
  Object.entries(words).flatMap(([key, value]) => (typeof value === "string" ? [path + key] : keys(value, `${path}${key}.`)));
const blanks = (words: object): string[] => keys(words).map((k) => k + (k.split(".").reduce<unknown>((w, p) => (w as Record<string, unknown>)[p], words) as string).match(/\{\{\w+\}\}/g)?.sort().join(""));

it("says everything in both languages, with the same blanks", () => expect(blanks({ ...en, ...readingEn, import: importEn })).toEqual(blanks({ ...zh, ...readingZh, import: importZh })));

it("leaves no Chinese text in the code", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".tsx"));
  const texts = files.filter((f) => /[\u4e00-\u9fff]/.test(readFileSync(join("src", f), "utf8")));
  expect(files.length).toBeGreaterThan(5);
  expect(texts).toEqual([]);
});
