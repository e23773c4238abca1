import { colours, expect, open, placeOf, test } from "./map";

test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });

test("the phone draws the map full-screen and says that it is synthetic", async ({ page }) => {
  const scripts: string[] = [];
  page.on("request", (r) => r.resourceType() === "script" && scripts.push(r.url()));
  await open(page);
  expect(await colours(page)).toBeGreaterThan(20);
  await expect(page.getByText("示例数据", { exact: true })).toBeVisible();
  expect(scripts.filter((s) => /antd|Desk/.test(s))).toEqual([]);
});

test("a tap opens the sheet, its handle gives it three heights", async ({ page }) => {
  await open(page, "?at=15/35.8/116.09&layers=dltb");
  const at = await placeOf(page, "dltb");
  await page.touchscreen.tap(at!.x, at!.y);
  const sheet = page.getByRole("region", { name: "信息面板" });
  await expect(sheet.getByText("图形面积")).toBeVisible();
  const height = async () => (await sheet.boundingBox())!.height;
  await expect.poll(height).toBeGreaterThan(300);
  await page.getByRole("button", { name: "展开面板" }).tap();
  await expect.poll(height).toBeGreaterThan(700);
  await page.getByRole("button", { name: "收起面板" }).tap();
  await expect.poll(height).toBeLessThan(200);
  await sheet.getByRole("button", { name: "关闭" }).tap();
  await expect(sheet).toBeHidden();
});

test("Back closes what lies over the map, one after the other", async ({ page }) => {
  await open(page, "?at=15/35.8/116.09&layers=dltb");
  await page.getByRole("button", { name: "图层", exact: true }).tap();
  await page.getByRole("button", { name: "地类图斑 的选项" }).tap();
  await page.getByRole("button", { name: "用卷帘比较 地类图斑" }).tap();
  const beside = page.getByRole("region", { name: "两个图层对比" });
  await expect(beside).toBeVisible();
  await expect.poll(() => placeOf(page, "ydyhgh")).not.toBeNull();
  const at = await placeOf(page, "ydyhgh");
  await page.touchscreen.tap(at!.x, at!.y);
  const sheet = page.getByRole("region", { name: "信息面板" });
  await expect(sheet).toBeVisible();
  await page.goBack();
  await expect(sheet).toBeHidden();
  await expect(beside).toBeVisible();
  await page.goBack();
  await expect(beside).toBeHidden();
  await expect(page.getByText("点按地图查看对象")).toBeVisible();
  await expect.poll(() => new URL(page.url()).search).toMatch(/^\?at=15\/35\.8[^&]*&layers=[^&]*$/);
});

test("layers and work areas are in the sheet", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "图层", exact: true }).tap();
  await expect(page.getByRole("checkbox", { name: "显示 地类图斑" })).toBeChecked();
  await page.getByRole("button", { name: "排水", exact: true }).tap();
  await expect(page.getByRole("checkbox", { name: "显示 地类图斑" })).not.toBeChecked();
});
