import type { Page } from "@playwright/test";
import { drawn, expect, open, placeOf, test } from "./map";

const pictures = "../docs/images";
const seat = "35.8/116.09"; // the county seat

async function shoot(page: Page, name: string, query: string, before?: () => Promise<unknown>): Promise<void> {
  await open(page, query);
  await before?.();
  await drawn(page);
  await page.evaluate(() => new Promise((rest) => { // the labels have been placed and have faded in
    window.__map!.once("idle", rest);
    window.__map!.triggerRepaint();
  }));
  await page.waitForTimeout(300); // panels too
  await page.screenshot({ path: `${pictures}/${name}.png` });
}

const centre = (page: Page) => async () => {
  const { width, height } = page.viewportSize()!;
  await (width < 640 ? page.touchscreen.tap(width / 2, height * 0.4) : page.mouse.click(width * 0.5, height * 0.55));
  await page.waitForTimeout(500);
};

test("the desk by day", async ({ page }) => {
  await shoot(page, "desk-z10", "?theme=light");
  await shoot(page, "desk-z13", `?at=13/${seat}&theme=light`, centre(page));
  await shoot(page, "desk-z16", `?at=16/${seat}&theme=light`);
});

test("the desk by night", async ({ page }) => shoot(page, "desk-z13-dark", `?at=13/${seat}&theme=dark`, centre(page)));

test("the pipes of the seat", async ({ page }) =>
  shoot(page, "desk-pipes", "?theme=light", async () => {
    await page.getByRole("button", { name: "地下管网" }).click();
    await page.waitForTimeout(1500);
    await drawn(page);
    await page.evaluate(() => window.__map!.zoomTo(16.6, { duration: 0 }));
    await drawn(page);
    const at = await placeOf(page, "pipe_line");
    if (at) await page.mouse.click(at.x, at.y);
  }));

test("the table, filtered, with the figures of a column", async ({ page }) =>
  shoot(page, "desk-table", `?at=14/${seat}&theme=light&table=dltb/-tbmj&filter=dltb:dlbm%20IN%20('0701'%2C'0702')%20AND%20tbmj%20%3E%201000`, async () => {
    await page.getByRole("button", { name: "地类编码 的统计", exact: true }).click();
    await expect(page.getByRole("region", { name: "地类编码 的统计", exact: true }).getByText("不同值")).toBeVisible();
  }));

test("land use beside planning", async ({ page }) =>
  shoot(page, "desk-swipe", `?at=14/${seat}&theme=light&swipe=dltb/ydyhgh&handle=60`, async () => {
    await page.waitForFunction(() => (window as { __twin?: typeof window.__map }).__twin?.areTilesLoaded(), null, { timeout: 60_000 });
  }));

test.describe("the phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
  test("the phone", async ({ page }) => {
    await shoot(page, "phone-z13", `?at=13/${seat}&theme=light`);
    await shoot(page, "phone-z16-dark", `?at=16/${seat}&theme=dark`, centre(page));
  });
});
