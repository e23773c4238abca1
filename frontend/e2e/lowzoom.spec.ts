import type { Page } from "@playwright/test";
import { drawn, expect, open, test } from "./map";
import { psql } from "./psql";

// At small zooms what is drawn are no features: mosaics, lines merged by class, clusters. A click says what is there all the same.

test.skip(!process.env.ONEMAP_DATA, "needs the data directory, to change drawing rules by psql");

const seat = "35.8/116.09";
const panel = (page: Page) => page.getByRole("complementary", { name: "选中对象" });

type Mark = { x: number; y: number; lon: number; lat: number; properties: Record<string, unknown> };

/** What is drawn of a layer without being a feature, nearest to the middle of the map. */
async function unnamed(page: Page, layer: string, kind: "Point" | "LineString" | "Polygon"): Promise<Mark> {
  const find = () =>
    page.evaluate(([name, type]) => {
      const map = window.__map!;
      const box = map.getCanvas().getBoundingClientRect();
      const [cx, cy] = [box.width / 2 + 40, box.height / 2];
      for (let r = 0; r < 300; r += 4)
        for (let turn = 0; turn < 24; turn++) {
          const [x, y] = [cx + r * Math.cos((turn * Math.PI) / 12), cy + r * Math.sin((turn * Math.PI) / 12)];
          const top = map.queryRenderedFeatures([x, y]).find((f) => f.source === name && f.id === undefined && f.geometry.type.endsWith(type!));
          const { lng, lat } = map.unproject([x, y]);
          if (top) return { x: box.left + x, y: box.top + y, lon: lng, lat, properties: top.properties };
        }
      return null;
    }, [layer, kind]);
  await expect.poll(find).not.toBeNull();
  return (await find())!;
}

/** Draws a layer by other rules while something is done. */
async function ruled(layer: string, rule: string, journey: () => Promise<void>): Promise<void> {
  const before = psql(`select drawing from onemap.layer where layer = '${layer}'`);
  const draw = (drawing: string) => psql(`update onemap.layer set drawing = '${drawing}' where layer = '${layer}'`);
  draw(JSON.stringify({ ...JSON.parse(before), minZoom: 6, rules: [JSON.parse(rule)] }));
  try {
    await journey();
  } finally {
    draw(before);
  }
}

test("a click on a mosaic says which parcel is there", async ({ page, request }) => {
  await expect.poll(async () => (await (await request.get("/readyz")).json()).tiles.mosaics?.some((m: { layer: string; ready: boolean }) => m.layer === "dltb" && m.ready), { timeout: 120_000 }).toBe(true);
  await open(page, `?at=11/${seat}&layers=dltb`);
  const at = await unnamed(page, "dltb", "Polygon");
  await page.mouse.click(at.x, at.y);
  await expect(panel(page).getByText("图形面积")).toBeVisible();
  const there = psql(`select bsm from layer.dltb where st_intersects(geom, st_setsrid(st_makepoint(${at.lon}, ${at.lat}), 4490))`).split("\n");
  const bsm = await panel(page).innerText();
  expect(there.some((id) => bsm.includes(id)), `${there} in ${bsm}`).toBe(true);
});

test("a click on lines merged by class finds the road", async ({ page }) => {
  await ruled("road", '{"minZoom": 6, "maxZoom": 24, "merge": true}', async () => {
    await open(page, `?at=13/${seat}&layers=road`);
    const at = await unnamed(page, "road", "LineString");
    await page.mouse.click(at.x, at.y);
    await expect(panel(page)).toBeVisible();
    await expect.poll(() => new URL(page.url()).search).toContain("road");
  });
});

test("a click on a cluster goes to its points", async ({ page }) => {
  await ruled("facility", '{"minZoom": 6, "maxZoom": 24, "cluster": 60}', async () => {
    await open(page, `?at=12/${seat}&layers=facility`);
    const at = await unnamed(page, "facility", "Point");
    expect(Number(at.properties.count)).toBeGreaterThan(1);
    await page.mouse.click(at.x, at.y);
    await expect.poll(() => page.evaluate(() => window.__map!.getZoom())).toBeGreaterThanOrEqual(14);
    await drawn(page);
    const marks = () => page.evaluate(() => window.__map!.queryRenderedFeatures().filter((f) => f.source === "facility").length);
    await expect.poll(marks).toBeGreaterThan(1);
    const { lng, lat } = await page.evaluate(() => window.__map!.getCenter());
    expect(Math.hypot(lng - at.lon, lat - at.lat)).toBeLessThan(0.01);
  });
});
