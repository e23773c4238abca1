import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { findings } from "./axe";
import { drawn, expect, open, placeOf, test } from "./map";

test.slow(); // each of these draws the map several times

const town = "?at=15/35.8/116.09&layers=dltb";
const table = (page: Page) => page.getByRole("region", { name: "属性表", exact: true });
const grid = (page: Page) => page.getByRole("grid", { name: "地类图斑属性表" });
const rows = (page: Page) => grid(page).locator(".grid-rows [role=row]");
const count = async (page: Page) => Number(await grid(page).getAttribute("aria-rowcount")) - 1;
const classes = (page: Page) => page.evaluate(() => [...new Set(window.__map!.queryRenderedFeatures({ layers: ["dltb:fill"] }).map((f) => f.properties.dlbm))].sort());

test("the table scrolls over all rows, sorts, and goes with the map both ways", async ({ page }) => {
  await open(page, town);
  await page.getByRole("button", { name: "属性表", exact: true }).click();
  await expect(rows(page).first()).toBeVisible();
  const all = await count(page);
  expect(all).toBeGreaterThan(15_000);
  await grid(page).focus();
  await page.keyboard.press("End");
  await expect(grid(page).locator(`[aria-rowindex="${all + 1}"]`).getByText("370832", { exact: false }).first()).toBeVisible();

  const area = page.getByRole("columnheader", { name: /图斑面积/ });
  await area.getByRole("button", { name: /图斑面积/ }).first().click();
  await expect(area).toHaveAttribute("aria-sort", "ascending");
  await area.getByRole("button", { name: /图斑面积/ }).first().click();
  await expect(area).toHaveAttribute("aria-sort", "descending");
  await expect.poll(() => new URL(page.url()).search).toContain("table=dltb/-tbmj");

  const at = await placeOf(page, "dltb"); // from the map to its row
  await page.mouse.click(at!.x, at!.y);
  await expect(rows(page).and(page.locator(".selected"))).toBeVisible();
  const zoom = () => page.evaluate(() => window.__map!.getZoom());
  const before = await zoom();
  await grid(page).focus(); // and from a row to its place
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("complementary", { name: "选中对象" }).getByText("图形面积")).toBeVisible();
  await expect.poll(zoom).not.toBe(before);

  await drawn(page);
  await table(page).getByRole("radio", { name: "视野内" }).check();
  await expect.poll(() => count(page)).toBeLessThan(all / 2);
  await table(page).getByRole("radio", { name: "全部" }).check();
  await grid(page).focus();
  await page.keyboard.press("Space");
  await table(page).getByRole("radio", { name: "已勾选" }).check();
  await expect.poll(() => count(page)).toBe(1);
});

test.describe("a filter", () => {
  test.use({ mayRefuse: /items\?.*filter=/ });
  test("is built or typed, and holds for map and table; a bad one changes nothing", async ({ page }) => {
    await open(page, `${town}&table=dltb`);
    await table(page).getByRole("button", { name: "筛选", exact: true }).click();
    const text = table(page).getByRole("textbox", { name: "CQL2" });
    await table(page).getByRole("combobox", { name: "关系" }).selectOption("等于");
    await table(page).getByRole("combobox", { name: "值", exact: true }).click();
    await page.keyboard.type("0701");
    await page.keyboard.press("Enter");
    await expect(text).toHaveValue("dlbm = '0701'");
    await expect.poll(() => classes(page), { timeout: 30_000 }).toEqual(["0701"]);
    const asked = await (await page.request.get("/ogc/collections/dltb/items?f=json&limit=1&filter=dlbm%3D%270701%27")).json();
    await expect.poll(() => count(page)).toBe(asked.numberMatched);

    await text.fill("dlbm = '0701' AND tbmj >> 3");
    await expect(table(page).getByText(/过滤条件第 \d+ 个字符/)).toBeVisible();
    expect(await classes(page)).toEqual(["0701"]);

    await text.fill("dlbm IN ('0701', '0702')");
    await expect.poll(() => count(page)).not.toBe(asked.numberMatched);
    await page.getByRole("button", { name: "图斑面积 的统计", exact: true }).click();
    const figures = page.getByRole("region", { name: "图斑面积 的统计", exact: true });
    await expect(figures.getByText("合计")).toBeVisible();
    const both = await count(page);
    await figures.getByRole("button", { name: /^.* 至 .*：[1-9]/ }).first().click();
    await expect(text).toHaveValue(/^dlbm IN \('0701', '0702'\) AND tbmj BETWEEN /);
    await expect.poll(() => count(page)).toBeLessThan(both);
    const left = await count(page);

    await table(page).getByRole("button", { name: "导出" }).click();
    const box = page.getByRole("dialog", { name: "导出" });
    await box.getByRole("combobox", { name: "格式" }).selectOption("csv");
    const [file] = await Promise.all([page.waitForEvent("download"), box.getByRole("link", { name: "下载" }).click()]);
    const lines = readFileSync(await file.path(), "utf8").trim().split("\n");
    expect(lines[0]).toContain("地类编码");
    expect(lines).toHaveLength(left + 1);

    await expect.poll(() => new URL(page.url()).search).toContain("BETWEEN");
    await page.reload(); // the link says it all
    await expect(text).toHaveValue(/BETWEEN/);
    await expect.poll(() => count(page)).toBe(left);
    await drawn(page);
    await table(page).getByRole("button", { name: "清除筛选" }).click();
    await expect.poll(async () => (await classes(page)).length, { timeout: 30_000 }).toBeGreaterThan(2);
  });
});

for (const theme of ["light", "dark"])
  test(`table, filter, figures and time have no barrier, ${theme}`, async ({ page }) => {
    await open(page, `${town}&theme=${theme}&table=dltb/-tbmj&filter=dltb:dlbm%20IN%20('0602'%2C'0701')&as-of=${new Date(Date.now() - 5000).toISOString()}`);
    await page.getByRole("button", { name: "地类编码 的统计", exact: true }).click();
    await expect(page.getByRole("region", { name: "地类编码 的统计", exact: true }).getByText("不同值")).toBeVisible();
    await rows(page).first().click({ modifiers: ["Control"] });
    await expect(rows(page).first()).toHaveAttribute("aria-selected", "true");
    await page.waitForTimeout(300); // panels have come in
    expect(await findings(page)).toEqual([]);
    await table(page).getByRole("button", { name: "导出" }).click();
    await expect(page.getByRole("dialog", { name: "导出" })).toBeVisible();
    await page.waitForTimeout(300);
    expect(await findings(page)).toEqual([]);
  });
