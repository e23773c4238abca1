import type { Page } from "@playwright/test";
import { drawn, open, placeOf, test } from "./map";

const pictures = "../docs/images";
const seat = "35.8/116.09"; // the county seat

async function shoot(page: Page, name: string, query: string, before?: () => Promise<unknown>): Promise<void> {
  await open(page, query);
  await before?.();
  await drawn(page);
  await page.waitForTimeout(600); // labels have faded in
  await page.screenshot({ path: `${pictures}/${name}.png` });
}

const click = (page: Page, layer: string) => async () => {
  const at = await placeOf(page, layer);
  if (at) await (page.viewportSize()!.width < 640 ? page.touchscreen.tap(at.x, at.y) : page.mouse.click(at.x, at.y));
  await page.waitForTimeout(500);
};

for (const theme of ["light", "dark"]) {
  test(`the desk, ${theme}`, async ({ page }) => {
    await shoot(page, `desk-z10-${theme}`, `?theme=${theme}`);
    await shoot(page, `desk-z13-${theme}`, `?at=13/${seat}&theme=${theme}`, click(page, "dltb"));
    await shoot(page, `desk-z16-${theme}`, `?at=16/${seat}&theme=${theme}`);
  });
}

test("the pipes of the seat", async ({ page }) => shoot(page, "pipes-z17-light", `?area=pipeline&at=17/${seat}`, click(page, "pipe_line")));

test.describe("the phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
  test("the phone", async ({ page }) => {
    await shoot(page, "phone-z13-light", `?at=13/${seat}&theme=light`);
    await shoot(page, "phone-z16-dark", `?at=16/${seat}&theme=dark`, click(page, "dltb"));
  });
});
