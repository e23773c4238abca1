import type { Page } from "@playwright/test";
import { findings } from "./axe";
import { drawn, expect, open, test } from "./map";

const town = "?at=15/35.8/116.09&layers=dltb,road";

/** The layers of areas that one of the two maps draws. */
const drawnOn = (page: Page, map: "__map" | "__twin") =>
  page.evaluate((name) => {
    const one = (window as unknown as Record<string, typeof window.__map>)[name];
    const found = one?.queryRenderedFeatures().map((f) => f.source) ?? [];
    return ["dltb", "ydyhgh", "czkfbj", "road"].filter((layer) => found.includes(layer));
  }, map);

const panel = (page: Page) => page.getByRole("region", { name: "两个图层对比" });
const handle = (page: Page) => page.getByRole("slider", { name: "卷帘" });

async function sidesAre(page: Page, left: string[], right: string[]): Promise<void> {
  await expect.poll(() => drawnOn(page, "__twin"), { timeout: 40_000 }).toEqual(left);
  await expect.poll(() => drawnOn(page, "__map"), { timeout: 40_000 }).toEqual(right);
}

test("two layers lie beside each other, each with its legend; the link says so", async ({ page }) => {
  await open(page, town);
  await page.getByRole("button", { name: "卷帘", exact: true }).click();
  await sidesAre(page, ["dltb", "road"], ["ydyhgh", "road"]);
  await expect(panel(page).getByRole("group", { name: "左侧图例" }).getByText("城镇住宅用地").first()).toBeVisible();
  await expect(panel(page).getByRole("group", { name: "右侧图例" }).getByText(/用地/).first()).toBeVisible();
  await page.waitForTimeout(300); // the panel has come in
  expect(await findings(page)).toEqual([]);

  // A click is answered by what is seen there.
  const titled = page.getByRole("complementary", { name: "选中对象" }).getByRole("button", { pressed: true });
  for (const [layer, x] of [["地类图斑", 520], ["规划用地用海", 1000]] as const) {
    await page.mouse.click(x, 330);
    const found = page.getByRole("complementary", { name: "选中对象" });
    await expect(found).toBeVisible();
    await expect(found.getByText(layer).first().or(titled.filter({ hasText: layer }))).toBeVisible();
    await expect(found.getByText(layer === "地类图斑" ? "规划用地用海" : "地类图斑")).toHaveCount(0);
    await page.keyboard.press("Escape");
  }

  await page.mouse.move(...(await middle(page)));
  await page.mouse.down();
  await page.mouse.move(900, 400, { steps: 4 });
  await page.mouse.up();
  await expect(handle(page)).toHaveAttribute("aria-valuenow", String(Math.round((100 * (900 - 52)) / (1440 - 52))));
  await panel(page).getByRole("button", { name: "左右互换" }).click();
  await sidesAre(page, ["ydyhgh", "road"], ["dltb", "road"]);
  await panel(page).getByRole("combobox", { name: "右侧图层" }).selectOption("城镇开发边界");
  await sidesAre(page, ["dltb", "ydyhgh", "road"], ["dltb", "czkfbj", "road"]); // what is neither is on both

  await expect.poll(() => new URL(page.url()).search).toMatch(/swipe=ydyhgh\/czkfbj&handle=61/);
  await page.reload();
  await drawn(page);
  await sidesAre(page, ["dltb", "ydyhgh", "road"], ["dltb", "czkfbj", "road"]);
  await expect(handle(page)).toHaveAttribute("aria-valuenow", "61");
  await page.keyboard.press("Escape");
  await expect(panel(page)).toBeHidden();
  await expect(handle(page)).toBeHidden();
  await expect.poll(() => drawnOn(page, "__map")).toEqual(["dltb", "ydyhgh", "czkfbj", "road"]);
});

async function middle(page: Page): Promise<[number, number]> {
  const box = (await handle(page).boundingBox())!;
  return [box.x + box.width / 2, box.y + box.height / 2];
}

test("by keyboard alone", async ({ page }) => {
  await open(page, town);
  await page.getByRole("button", { name: "卷帘", exact: true }).focus();
  await page.keyboard.press("Enter");
  await handle(page).focus();
  await page.keyboard.press("Home");
  await expect(handle(page)).toHaveAttribute("aria-valuetext", "左侧 0% 为 地类图斑，右侧为 规划用地用海");
  await page.keyboard.press("PageUp");
  await page.keyboard.press("ArrowRight");
  await expect(handle(page)).toHaveAttribute("aria-valuenow", "12");
  await panel(page).getByRole("combobox", { name: "左侧图层" }).focus();
  await page.keyboard.press("ArrowDown"); // what is on the other side changes places
  await sidesAre(page, ["ydyhgh", "road"], ["dltb", "road"]);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
  test("by touch", async ({ page }) => {
    await open(page, town);
    await page.getByRole("button", { name: "图层", exact: true }).tap();
    await page.getByRole("button", { name: "地类图斑 的选项" }).tap();
    await page.getByRole("button", { name: "用卷帘比较 地类图斑" }).tap();
    await sidesAre(page, ["dltb", "road"], ["ydyhgh", "road"]);
    const size = (await handle(page).boundingBox())!;
    expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(44);
    const [x, y] = await middle(page);
    const finger = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", to?: number) => finger.send("Input.dispatchTouchEvent", { type, touchPoints: to === undefined ? [] : [{ x: to, y }] });
    await touch("touchStart", x);
    for (const to of [x - 30, x - 70, x - 117]) await touch("touchMove", to);
    await touch("touchEnd");
    await expect(handle(page)).toHaveAttribute("aria-valuenow", "20");
    expect(await findings(page)).toEqual([]);
    await panel(page).getByRole("button", { name: "结束对比" }).click(); // a tap after touches of another session makes no click
    await expect(handle(page)).toBeHidden();
  });
});
