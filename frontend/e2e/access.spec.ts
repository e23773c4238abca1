import { findings } from "./axe";
import { expect, open, placeOf, test } from "./map";

for (const theme of ["light", "dark"]) {
  test(`the desk has no barrier, ${theme}`, async ({ page }) => {
    await open(page, `?at=15/35.8/116.09&layers=dltb,road&theme=${theme}`);
    const at = await placeOf(page, "dltb");
    await page.mouse.click(at!.x, at!.y);
    await expect(page.getByRole("complementary", { name: "选中对象" }).getByText("图形面积")).toBeVisible();
    await page.getByRole("button", { name: "地类图斑 的选项" }).click();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("116.09,35.8");
    await expect(page.getByRole("option")).toHaveCount(2);
    await page.waitForTimeout(300); // panels have come in: a colour half faded is not the page's
    expect(await findings(page)).toEqual([]);
  });

  test(`how a layer is used elsewhere has no barrier, ${theme}`, async ({ page }) => {
    await open(page, `?at=15/35.8/116.09&layers=dltb&theme=${theme}`);
    await page.getByRole("button", { name: "地类图斑 的选项" }).click();
    await page.getByRole("button", { name: "使用此图层" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.waitForTimeout(500);
    expect(await findings(page)).toEqual([]);
  });

  test(`the phone has no barrier, ${theme}`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(page, `?at=15/35.8/116.09&theme=${theme}`);
    expect(await findings(page)).toEqual([]);
    await page.getByRole("combobox", { name: "搜索" }).fill("庄"); // more than the screen holds
    await expect(page.getByRole("option").nth(9)).toBeAttached();
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: "清除" }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "图层", exact: true }).click();
    await page.getByRole("button", { name: "地类图斑 的选项" }).click();
    await page.waitForTimeout(300);
    expect(await findings(page)).toEqual([]);
  });
}
