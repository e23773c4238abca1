import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { usesOf, type Use } from "../src/lib/use";
import type { LayerInfo } from "../src/api/types";
import { folder } from "./folder";
import { open, test as strict } from "./map";

// Every line that the page offers to be copied is run here as it stands.

const elsewhere = createServer();

const filter = "dlbm IN ('0701','0702') AND tbmj > 1000"; // quotes and brackets, for every language to stumble over
let uses: Use[];
let some: Use[]; // with what is asked on the map
const text = (client: string, part: string, of = uses) => of.find((u) => u.client === client)!.parts.find((p) => p.part === part)!.text;

test.beforeAll(async ({ baseURL }) => {
  await new Promise<void>((listening) => elsewhere.listen(0, "127.0.0.1", listening));
  const { layers } = (await (await fetch(`${baseURL}/layers`)).json()) as { layers: LayerInfo[] };
  const place = { origin: baseURL!, layer: layers.find((l) => l.name === "dltb")! };
  uses = usesOf(place);
  some = usesOf({ ...place, filter, asOf: new Date().toISOString().replace(/\.\d+/, "") });
});

test.afterAll(() => {
  elsewhere.closeAllConnections();
  elsewhere.close();
});

/** Runs lines in a shell, in a folder of their own. */
const run = (lines: string) => execFileSync("sh", ["-ec", lines], { encoding: "utf8", cwd: folder(), timeout: 60_000 });
/** The system's own, which has the libraries that .ci/setup installs; another one on PATH may have none. */
const interpreter = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
const python = (lines: string) => execFileSync(interpreter, ["-c", lines], { encoding: "utf8", timeout: 60_000 });

function has(module: string): boolean {
  try {
    python(`import ${module}`);
    return true;
  } catch {
    return false;
  }
}

test("curl", () => {
  expect(JSON.parse(run(text("curl", "some"))).features).toHaveLength(10);
  const some = JSON.parse(run(text("curl", "filtered")));
  expect(some.features.length).toBeGreaterThan(0);
  expect(some.numberMatched).toBeLessThan(15_000);
});

/** The classes that lines of another language print, or that came in a file. */
const classes = (printed: string) => [...new Set(printed.match(/\b\d{4}\b/g) ?? [])].sort();

test("a filter and a moment go along", () => {
  const { features } = JSON.parse(run(text("curl", "some", some))) as { features: { properties: { dlbm: string } }[] };
  expect(features).toHaveLength(10);
  expect(features.filter((f) => !/^070[12]$/.test(f.properties.dlbm))).toEqual([]);
  const taken = run(`${text("gdal", "file", some)} && ogrinfo -ro -q dltb.gpkg -sql "select distinct dlbm from dltb"`);
  expect(classes(taken)).toEqual(["0701", "0702"]);
  for (const module of ["requests", "geopandas", "owslib"].filter(has)) expect(python(text("python", module, some)), module).toMatch(/070[12]/);
});

test("GDAL, and with it the addresses that QGIS is given", () => {
  expect(run(text("gdal", "look"))).toMatch(/Feature Count: \d{5}/);
  expect(run(`${text("gdal", "take")} && ogrinfo -ro -so dltb.gpkg dltb`)).toContain("Feature Count: 1000");
  expect(run(`ogrinfo -ro -so "OAPIF:${text("qgis", "oapif")}" dltb`)).toContain("dltb");
});

for (const module of ["requests", "geopandas", "owslib"])
  test(`Python: ${module}`, () => {
    test.skip(!has(module), `python3 has no ${module}`);
    expect(python(text("python", module))).toMatch(/dlbm/);
  });

/** A page of another application, on another server, with a map element, the library, and the lines as they were copied. */
async function embed(page: Page, head: string, body: string): Promise<string[]> {
  const wrongs: string[] = [];
  page.on("pageerror", (error) => wrongs.push(error.message));
  page.on("console", (message) => message.type() === "error" && wrongs.push(message.text()));
  elsewhere.removeAllListeners("request").on("request", ({ url }: IncomingMessage, answer: ServerResponse) => {
    const path = url!.slice(1).replace(/\?.*/, "");
    if (path === "favicon.ico") return answer.writeHead(204).end();
    const type = path.endsWith(".css") ? "text/css" : path ? "text/javascript" : "text/html; charset=utf-8";
    answer.writeHead(200, { "Content-Type": type });
    answer.end(path ? readFileSync(join("node_modules", path)) : `<!doctype html>${head}<style>#map { width: 800px; height: 500px }</style><div id="map"></div>${body}`);
  });
  await page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`);
  return wrongs;
}

test("MapLibre", async ({ page }) => {
  const imports = JSON.stringify({ imports: { "maplibre-gl": "/maplibre-gl/dist/maplibre-gl.mjs" } });
  const wrongs = await embed(page, `<script type="importmap">${imports}</script><link rel="stylesheet" href="/maplibre-gl/dist/maplibre-gl.css">`,
    `<script type="module">${text("maplibre", "module")}\nwindow.__map = map;</script>`);
  await expect.poll(() => page.evaluate(() => (window.__map?.isStyleLoaded() ? window.__map.queryRenderedFeatures({ layers: ["dltb"] }).length : 0)), { timeout: 45_000 }).toBeGreaterThan(10);
  expect(wrongs).toEqual([]);
});

test("MapLibre, with a filter and a moment", async ({ page }) => {
  const imports = JSON.stringify({ imports: { "maplibre-gl": "/maplibre-gl/dist/maplibre-gl.mjs" } });
  await embed(page, `<script type="importmap">${imports}</script>`, `<script type="module">${text("maplibre", "module", some)}\nwindow.__map = map;</script>`);
  const drawn = () => page.evaluate(() => [...new Set(window.__map?.isStyleLoaded() ? window.__map.queryRenderedFeatures({ layers: ["dltb"] }).map((f) => f.properties.dlbm) : [])].sort());
  await expect.poll(drawn, { timeout: 45_000 }).toEqual(["0701", "0702"]);
});

test("OpenLayers", async ({ page }) => {
  const wrongs = await embed(page, '<script src="/ol/dist/ol.js"></script><link rel="stylesheet" href="/ol/ol.css">', `<script>${text("openlayers", "script")}\nwindow.drawn = map;</script>`);
  const count = () => page.evaluate(() => (window as unknown as { drawn: { getFeaturesAtPixel: (p: number[], o: object) => unknown[] } }).drawn.getFeaturesAtPixel([400, 250], { hitTolerance: 60 }).length);
  await expect.poll(count, { timeout: 45_000 }).toBeGreaterThan(0);
  expect(wrongs).toEqual([]);
});

test("Leaflet", async ({ page }) => {
  const wrongs = await embed(page, '<script src="/leaflet/dist/leaflet.js"></script><link rel="stylesheet" href="/leaflet/dist/leaflet.css">', `<script>${text("leaflet", "script")}</script>`);
  await expect(page.locator("#map path.leaflet-interactive").first()).toBeAttached({ timeout: 30_000 });
  expect(await page.locator("#map path.leaflet-interactive").count()).toBeGreaterThan(10);
  expect(wrongs).toEqual([]);
});

strict("the lines are a click away from the layer, and are copied as they stand", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, "?at=15/35.8/116.09&layers=dltb");
  await page.getByRole("button", { name: "地类图斑 的选项" }).click();
  await page.getByRole("button", { name: "使用此图层" }).click();
  const box = page.getByRole("dialog", { name: "使用图层“地类图斑”" });
  await box.getByRole("button", { name: "curl" }).click();
  await box.getByRole("button", { name: "复制：前 10 个对象" }).click();
  await expect(box.getByText("已复制")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text("curl", "some"));
  await page.keyboard.press("Escape");
  await expect(box).toBeHidden();
});
