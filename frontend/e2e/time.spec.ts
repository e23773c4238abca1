import type { Page } from "@playwright/test";
import { findings } from "./axe";
import { drawn, expect, open, test } from "./map";
import { psql } from "./psql";

test.skip(!process.env.ONEMAP_DATA, "needs the data directory, to change it by psql");

test.slow(); // the clock has to go on between changes

/** A facility, whose name is changed while the clock goes on: a moment is a whole second. */
function renamed(names: string[]) {
  const [fid, lon, lat, first] = psql("select fid, st_x(p), st_y(p), name from (select *, geom p from layer.facility order by fid desc limit 1) f").split("|");
  for (const name of names) psql(`select pg_sleep(1.2); update layer.facility set name = '${name}' where fid = ${fid}; select pg_sleep(1.2)`);
  return { fid, first, at: `?at=17/${lat}/${lon}&layers=facility`, undo: () => psql(`update layer.facility set name = '${first}' where fid = ${fid}`) };
}

const names = (page: Page, map: "__map" | "__twin") =>
  page.evaluate((m) => [...new Set((window as unknown as Record<string, typeof window.__map>)[m]?.querySourceFeatures("facility", { sourceLayer: "facility" }).map((f) => f.properties.name as string))], map);

test("the history of a feature opens the map of that time, which stands still; then back to now", async ({ page }) => {
  const { fid, first, at, undo } = renamed(["改名一次"]);
  await open(page, `${at}&feature=facility/${fid}&table=facility`);
  const row = page.getByRole("grid").locator(".selected");
  await expect(row).toContainText("改名一次");
  const panel = page.getByRole("complementary", { name: "选中对象" });
  await panel.getByRole("button", { name: "显示历史" }).click();
  const update = panel.getByRole("button", { name: /修改/ }).first();
  await update.click();
  await expect(panel.getByRole("deletion").filter({ hasText: first })).toBeVisible();
  await expect(panel.getByRole("insertion").filter({ hasText: "改名一次" })).toBeVisible();
  await panel.getByRole("button", { name: /批量导入|新建|修改/ }).last().click();
  await panel.getByRole("button", { name: "查看当时的地图" }).click();
  await expect(page.getByText(/正在查看过去/)).toBeVisible();
  await expect.poll(() => names(page, "__map"), { timeout: 30_000 }).toContain(first);
  await expect(panel.getByRole("heading", { level: 2 })).toHaveText(first);
  await expect(row).toContainText(first);
  expect(new URL(page.url()).search).toContain("as-of=");

  psql(`update layer.facility set name = '又改名' where fid = ${fid}`); // the past does not move
  await page.waitForResponse((r) => /\/layers$|\/changes/.test(new URL(r.url()).pathname), { timeout: 20_000 });
  expect(await names(page, "__map")).not.toContain("又改名");
  await expect(row).toContainText(first);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("又改名");
  await expect(page.getByText("没有找到“又改名”", { exact: false })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "回到现在", exact: true }).click();
  await expect.poll(() => names(page, "__map"), { timeout: 30_000 }).toContain("又改名");
  await expect(page.getByText(/正在查看过去/)).toBeHidden();
  await expect(row).toContainText("又改名"); // what was read before the past is not shown again
  await expect(panel.getByRole("heading", { level: 2 })).toHaveText("又改名");
  undo();
});

test("two moments lie beside each other, with the list of what differs", async ({ page }) => {
  const from = psql("select to_char(date_trunc('second', clock_timestamp()) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from pg_sleep(1.2)"); // of a second in which nothing changed
  const { first, at, undo } = renamed(["对比之后"]);
  await open(page, `${at}&compare=${from}//facility`);
  await expect.poll(() => names(page, "__twin"), { timeout: 40_000 }).toContain(first);
  await expect.poll(() => names(page, "__map"), { timeout: 40_000 }).toContain("对比之后");
  const list = page.getByRole("complementary", { name: "公共设施的差异" });
  await expect(list.getByText("变更").first()).toBeVisible();
  await list.getByRole("button", { name: /对比之后/ }).click();
  await expect(list.getByRole("insertion").filter({ hasText: "对比之后" })).toBeVisible();
  await page.waitForTimeout(300); // the list has come in
  expect(await findings(page)).toEqual([]);
  const handle = page.getByRole("slider", { name: "卷帘" });
  await handle.focus();
  await page.keyboard.press("Home");
  await expect(handle).toHaveAttribute("aria-valuenow", "0");
  await page.keyboard.press("PageUp");
  await expect(handle).toHaveAttribute("aria-valuenow", "10");
  await page.getByRole("radio", { name: "某一时刻" }).check();
  await expect(handle).toBeHidden();
  await expect(page.getByText(/正在查看过去/)).toBeVisible();
  await drawn(page);
  undo();
});
