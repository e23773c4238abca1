import { findings } from "./axe";
import { expect, open, test } from "./map";
import { psql } from "./psql";

const field = "搜索";

test("finds by any part of a name, by sound and by number, and shows what matched", async ({ page }) => {
  await open(page);
  const box = page.getByRole("combobox", { name: field });
  await box.focus();
  await page.getByRole("button", { name: /^szj/ }).click(); // one of the examples
  await expect(box).toHaveValue("szj");
  await expect(page.getByRole("option").first()).toContainText("寿张集镇");
  await expect(page.getByRole("option").first().locator("mark")).toHaveText("寿张集");
  await box.fill("张集");
  await expect(page.getByRole("option").first().locator("mark")).toHaveText("张集");
  const groups = await page.locator(".found .group").allTextContents();
  expect(new Set(groups).size).toBe(groups.length); // hits of one layer stand together
  await box.fill("小学　寿张");
  await expect(page.getByRole("option").filter({ hasText: "寿张集镇中心小学" }).locator("mark")).toHaveText(["寿张", "小学"]);
  const bsm = psql("select bsm from layer.dltb order by fid desc limit 1");
  await box.fill(bsm.slice(-6));
  await expect(page.getByRole("option").first()).toContainText(bsm);
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("complementary", { name: "选中对象" })).toContainText(bsm);
  await box.fill("没有这个地方");
  await expect(page.getByRole("status").filter({ hasText: "没有找到" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator(".found")).toBeHidden();
});

test("what was renamed is found by its new name at once", async ({ page }) => {
  await open(page);
  const box = page.getByRole("combobox", { name: field });
  psql("update layer.place_name set name = '鸳鸯坞' where fid = (select max(fid) from layer.place_name where class = 'village')");
  await box.fill("yuanyangwu");
  await expect(page.getByRole("option").first()).toContainText("鸳鸯坞");
});

test("asks in the reader's language", async ({ page }) => {
  await open(page, "?lang=en");
  await page.getByRole("combobox", { name: "Search" }).focus();
  await expect(page.getByRole("button", { name: /^szj/ })).toContainText("initials");
});
