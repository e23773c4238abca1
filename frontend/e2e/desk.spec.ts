import { colours, drawn, expect, open, placeOf, test } from "./map";

const town = "?at=15/35.8/116.09";

test("opens and draws the county, and says that it is synthetic", async ({ page }) => {
  await open(page);
  await expect(page).toHaveTitle("梁山县一张图");
  expect(await colours(page)).toBeGreaterThan(20);
  await expect(page.getByRole("contentinfo").getByText("示例数据", { exact: true }).or(page.getByText("示例数据全部数据为"))).toBeVisible();
});

test("layers are shown and hidden, faded and explained", async ({ page }) => {
  await open(page, town);
  const land = page.getByRole("checkbox", { name: "显示 地类图斑" });
  const shown = () => page.evaluate(() => window.__map!.queryRenderedFeatures({ layers: ["dltb:fill"] }).length);
  await expect(land).toBeChecked();
  expect(await shown()).toBeGreaterThan(0);
  await page.getByRole("button", { name: "地类图斑 的选项" }).click();
  await expect(page.getByText("农村宅基地").or(page.getByText("城镇住宅用地")).first()).toBeVisible();
  const slider = page.getByRole("slider", { name: "不透明度 地类图斑" });
  await slider.focus();
  for (let i = 0; i < 8; i++) await slider.press("ArrowLeft");
  await expect.poll(() => page.evaluate(() => window.__map!.getPaintProperty("dltb:fill", "fill-opacity"))).toBeCloseTo(0.6);
  await land.uncheck();
  await expect.poll(shown).toBe(0);
  await expect.poll(() => new URL(page.url()).search).toContain("layers=");
  await page.getByRole("button", { name: "恢复本工作区默认图层" }).click();
  await expect(land).toBeChecked();
});

test("a click tells what is there in words, Esc closes it", async ({ page }) => {
  await open(page, "?at=15/35.8/116.09&layers=dltb");
  const at = await placeOf(page, "dltb");
  expect(at).not.toBeNull();
  await page.mouse.click(at!.x, at!.y);
  const panel = page.getByRole("complementary", { name: "选中对象" });
  await expect(panel).toBeVisible();
  await expect(panel.getByText("图形面积")).toBeVisible();
  await expect(panel.getByText(/亩/).first()).toBeVisible();
  await expect(panel.getByRole("term").filter({ hasText: "地类" }).first()).toBeVisible();
  await expect.poll(() => page.evaluate(() => window.__map!.queryRenderedFeatures({ layers: ["selection:fill"] }).length)).toBeGreaterThan(0);
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
});

test("finds a place by name, with the keyboard alone", async ({ page }) => {
  await open(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("拳铺");
  await expect(page.getByRole("option").first()).toContainText("拳铺");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("img", { name: "标记点" })).toBeVisible();
  await expect.poll(() => page.evaluate(() => window.__map!.getZoom())).toBeGreaterThan(10.5);
});

test("understands coordinates, also those of a phone", async ({ page }) => {
  await open(page);
  const field = page.getByRole("combobox", { name: "搜索" });
  await field.fill("116.095843325,35.800129028");
  await expect(page.getByRole("option")).toHaveCount(2);
  await expect(page.getByRole("option").nth(1)).toContainText("按 GCJ-02（近似）");
  await expect(page.getByRole("option").nth(1)).toContainText("116.090000, 35.800000");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("img", { name: "标记点" })).toBeVisible();
  await field.fill("X 3963733.366 Y 39417743.273");
  await expect(page.getByRole("option")).toContainText("116.090000, 35.800000");
});

test("measures a length and an area", async ({ page }) => {
  await open(page, "?at=14/35.8/116.09");
  await page.getByRole("button", { name: "量面" }).click();
  await page.mouse.click(600, 300);
  await page.mouse.click(800, 300);
  await page.mouse.move(790, 420, { steps: 3 });
  await page.mouse.click(800, 450);
  await page.keyboard.press("Enter");
  const said = page.getByRole("status").filter({ hasText: "周长" });
  await expect(said).toContainText("亩");
  await expect(said).toContainText("量算完成");
  await expect(page.getByRole("complementary", { name: "选中对象" })).toBeHidden();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "点选" })).toHaveAttribute("aria-pressed", "true");
});

test("changes language and appearance, and remembers both", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "切换为英文" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Liangshan One Map");
  await page.getByRole("button", { name: "Appearance" }).click();
  await page.getByRole("menuitem", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect.poll(() => page.evaluate(() => window.__map!.getPaintProperty("ground", "background-color"))).toBe("#0B1116");
  await page.reload();
  await drawn(page);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("button", { name: "Planning" })).toBeVisible();
});

test("a link brings back view, layers, opacity, selection, language and theme", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, "?at=15/35.8/116.09&layers=dltb,road&opacity=dltb:60");
  const at = await placeOf(page, "dltb");
  await page.mouse.click(at!.x, at!.y);
  await expect(page.getByRole("complementary", { name: "选中对象" }).getByText("图形面积")).toBeVisible();
  await page.getByRole("button", { name: "分享", exact: true }).click();
  await expect(page.getByText("链接已复制")).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await context.newPage();
  await other.goto(link);
  await drawn(other);
  await expect(other.getByRole("complementary", { name: "选中对象" }).getByText("图形面积")).toBeVisible();
  await expect(other.getByRole("checkbox", { name: "显示 乡镇" }).or(other.getByRole("checkbox", { name: /显示 地名/ })).first()).not.toBeChecked();
  expect(await other.evaluate(() => [window.__map!.getZoom(), window.__map!.getPaintProperty("dltb:fill", "fill-opacity")])).toEqual([15, 0.6]);
  expect(link).toMatch(/lang=zh&theme=light/);
});

test("work areas bring their own layers", async ({ page }) => {
  await open(page, town);
  await page.getByRole("button", { name: "地下管网" }).click();
  await expect(page.getByRole("checkbox", { name: "显示 地类图斑" })).not.toBeChecked();
  await drawn(page);
  await page.getByRole("button", { name: "图例", exact: true }).click();
  await expect(page.getByRole("complementary", { name: "图例" }).getByRole("heading").first()).toBeVisible();
});

test("says that the map is still coming while tiles are on their way", async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await page.route("**/tiles/**/*.mvt", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`/${town}`);
  const coming = page.getByRole("progressbar", { name: "正在加载地图" });
  await expect(coming).toBeVisible();
  release();
  await drawn(page);
  await expect(coming).toBeHidden();
});

test.describe("while a small-scale map is being made", () => {
  test.use({ mayRefuse: /\/tiles\/dltb\// });

  test("the desk and the phone say how far it is, where nothing covers it, until it is there", async ({ page }) => {
    let made = false;
    await page.route(/\/tiles\/dltb\/.*\.mvt/, (route) =>
      made ? route.continue() : route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify({ status: 503, making: { layer: "dltb", done: 0.43 } }) }));
    const note = page.getByRole("status").filter({ hasText: "地类图斑 43%" });
    for (const size of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
      await page.setViewportSize(size);
      await page.goto("/?at=11/35.8/116.09");
      await expect(note).toBeVisible();
      const over = await note.evaluate((element) => {
        const a = element.getBoundingClientRect();
        const all = [...document.querySelectorAll(".panel, .tool-bar, .map-buttons, .search, .sample, .fabs button, .phone-title")];
        return all.filter((e) => {
          const b = e.getBoundingClientRect();
          return b.width > 0 && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
        }).map((e) => e.className);
      });
      expect(over).toEqual([]);
    }
    made = true;
    await expect(note).toBeHidden({ timeout: 60_000 });
  });
});
