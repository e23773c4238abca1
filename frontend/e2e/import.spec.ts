import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Page } from "@playwright/test";
import { bow, geojson, mute, square, written, type Row } from "./files";
import { drawn, expect, open, test } from "./map";
import { psql } from "./psql";

test.skip(!process.env.ONEMAP_DATA, "needs the data directory, to look at what was written by psql");

const canvas = (page: Page) => page.locator(".maplibregl-canvas").first();

/** Carries a file over the map, as from a folder beside the browser, and lets go of it. */
async function drop(page: Page, path: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(({ name, body }) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(body), (c) => c.charCodeAt(0))], name));
    return data;
  }, { name: basename(path), body: readFileSync(path).toString("base64") });
  for (const type of ["dragenter", "dragover"]) await canvas(page).dispatchEvent(type, { dataTransfer });
  await expect(page.getByText("松开即可导入")).toBeVisible();
  await canvas(page).dispatchEvent("drop", { dataTransfer });
  await expect(page.getByText("松开即可导入")).toBeHidden();
}

/** How many features of a source are drawn at a place. */
const drawnAt = (page: Page, source: string, at: [number, number]): Promise<number> =>
  page.evaluate(({ source, at }) => {
    const map = window.__map!;
    return map.getSource(source) ? map.queryRenderedFeatures(map.project(at)).filter((f) => f.source === source).length : 0;
  }, { source, at });

/** How far the middle of the map is from a place, in degrees, and how near one is. */
const middle = (page: Page, [lon, lat]: [number, number]) =>
  page.evaluate(([lon, lat]) => {
    const { lng: x, lat: y } = window.__map!.getCenter();
    return { off: Math.hypot(x - lon, y - lat), zoom: Math.round(window.__map!.getZoom()) };
  }, [lon, lat]);

/** Every heading and state that the panel shows from now on, however briefly. */
const watch = (page: Page) =>
  page.evaluate(() => {
    const seen = new Set<string>();
    (window as unknown as { seen: Set<string> }).seen = seen;
    new MutationObserver(() => document.querySelectorAll(".working h3, .working [role=status]").forEach((e) => seen.add(e.textContent ?? ""))).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
const seen = (page: Page): Promise<string> => page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen].join("\n"));

const lon = (i: number) => 116.09 + i * 0.003;
const plots: Row[] = Array.from({ length: 12 }, (_, i) => ({
  properties: { 标识码: String(370832001 + i), 名称: `地块${i + 1}`, 面积: 12.5 + i },
  ring: i === 4 ? bow(lon(i), 35.79) : square(lon(i), 35.79),
}));
const third: [number, number] = [lon(2) + 0.001, 35.791];
const crossing: [number, number] = [lon(4) + 0.001, 35.791];

test("a shapefile that says neither its zone nor its encoding comes in, with its faults on the map", async ({ page }, info) => {
  test.slow(); // five pictures, each of a map that is drawn anew
  const photograph = (name: string) => page.screenshot({ path: info.outputPath(`${name}.png`) });
  await open(page, "?at=12/35.79/116.1&layers=road");
  await drop(page, mute("地块", plots));

  // What it is, and what it can not say: a proposal by name, and nothing goes on before somebody decides.
  const facts = page.locator(".facts");
  await expect(facts).toContainText("格式Shapefile");
  await expect(facts).toContainText("行数12");
  await expect(facts).toContainText("图形面");
  await expect(page.getByText("按 GB18030 读取")).toBeVisible();
  await expect(page.locator(".proof")).toContainText("标识码、名称、面积");
  await expect(page.locator(".proof")).toContainText("地块3");
  const fix = page.locator(".fix");
  await expect(fix).toContainText("建议：按 CGCS2000 3° 带 39 带，带号在坐标中（4527）读取");
  await expect(fix).toContainText("文件未说明坐标系");
  await expect(page.locator(".import-foot")).toContainText("1 个问题需先处理");
  await photograph("1-data");

  // Decided: the rows are on the map, where they belong.
  await fix.getByRole("button", { name: "采纳" }).click();
  await expect(fix).toContainText("已采纳");
  await expect(page.locator(".import-foot")).toContainText("将导入 12 行");
  await expect(page.getByText("地图上为预览，12 个对象")).toBeVisible();
  await expect(page.getByRole("combobox", { name: "坐标系" })).toContainText("按采纳的建议");
  await expect.poll(() => drawnAt(page, "preview", third)).toBeGreaterThan(0);
  await drawn(page);
  await photograph("2-placed");

  // Where it goes: a new layer, one field left out.
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByRole("textbox", { name: /图层名/ }).fill("plots_dropped");
  await page.getByRole("textbox", { name: /中文名称/ }).fill("拖入的地块");
  await expect(page.getByRole("textbox", { name: "字段 名称 导入为" })).toHaveValue("ming_cheng");
  await page.getByRole("checkbox", { name: "导入字段 面积" }).uncheck();
  await expect(page.locator(".import-foot")).toContainText("将导入 12 行");
  await photograph("3-target");

  // What is wrong: the bow tie; a press goes to it.
  await page.getByRole("button", { name: "下一步" }).click();
  await expect(page.locator(".counts")).toContainText("可导入12");
  await expect(page.locator(".counts")).toContainText("已修复1");
  await goesTo(page, "已修复");
  await photograph("4-finding");

  // Written, with its steps told on the way; the layer is on the map without another word.
  await watch(page);
  await page.getByRole("button", { name: "导入 12 行" }).click();
  await expect(page.getByRole("heading", { name: "已导入“拖入的地块”，12 行" })).toBeVisible();
  expect(await seen(page)).toMatch(/正在导入[\s\S]*(排队|识别|读取|整理|写入)/);
  await expect.poll(() => drawnAt(page, "plots_dropped", third)).toBeGreaterThan(0);
  await page.getByRole("button", { name: "全县" }).click();
  await drawn(page);
  await goesTo(page, "修复后面积");
  await drawn(page);
  await photograph("5-done");
  await page.getByRole("button", { name: "在图上显示" }).click();
  await expect.poll(async () => (await middle(page, [116.1075, 35.791])).off).toBeLessThan(0.02);
  await drawn(page);
  await photograph("6-shown");
  await page.getByRole("button", { name: "图层" }).first().click();
  await expect(page.getByText("拖入的地块").first()).toBeVisible();

  // The same from the other side.
  const [job] = (await (await page.request.get("/imports")).json()).imports;
  const { result } = await (await page.request.get(`/imports/${job.id}`)).json();
  expect(result.rows).toMatchObject({ read: 12, taken: 12, inserted: 12, rejected: 0, repaired: 1 });
  expect(psql("select count(*), count(*) filter (where st_isvalid(geom)), min(ming_cheng) from layer.plots_dropped")).toBe("12|12|地块1");
  expect(psql("select string_agg(title, ' ' order by title) from onemap.property where layer = 'plots_dropped' and title ~ '[一-龥]'")).not.toContain("面积");
  expect(psql("select st_distance(st_centroid(st_collect(geom)), st_setsrid(st_makepoint(116.1075, 35.791), 4490)) < 0.001 from layer.plots_dropped")).toBe("t");
});

/** Opens the one finding that there is: the map goes to it, and says what was done. */
async function goesTo(page: Page, words: string): Promise<void> {
  const rule = page.getByRole("button", { name: /自相交/ }).first();
  if ((await rule.getAttribute("aria-expanded")) === "false") await rule.click();
  await page.getByRole("table", { name: "逐行检查结果" }).getByRole("button").first().click();
  await expect.poll(() => middle(page, crossing)).toMatchObject({ zoom: 16 });
  await expect.poll(async () => (await middle(page, crossing)).off).toBeLessThan(0.006); // the panel takes a third of the screen
  await expect(page.locator(".finding-card")).toContainText("第 5 行");
  await expect(page.locator(".finding-card")).toContainText(words);
  await expect.poll(() => drawnAt(page, "findings", crossing)).toBeGreaterThan(0);
}

test("a file that can not be read is refused in words that say where and why, and nothing is written", async ({ page }, info) => {
  const before = psql("select count(*) from onemap.layer");
  await open(page, "?at=12/35.79/116.1&layers=road");
  await drop(page, written("宗地.geojson", geojson(plots).slice(0, 400)));
  const panel = page.getByRole("complementary", { name: "导入数据" });
  await expect(panel.getByRole("alert")).toContainText(/宗地\.geojson：第 1 行第 \d+ 列：.*内容不完整/);
  await expect(panel.getByText("可导入的格式")).toBeVisible();
  await expect(panel.getByRole("button", { name: /^导入 \d+ 行/ })).toHaveCount(0);
  await page.screenshot({ path: info.outputPath("refused.png") });
  await panel.getByRole("button", { name: "换文件" }).click();
  await expect(panel.getByText("将文件拖到此处")).toBeVisible();
  expect(psql("select count(*) from onemap.layer")).toBe(before);
});
