import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import { expect, open, placeOf, test } from "./map";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const run = (window as unknown as { axe: { run: (o: object) => Promise<{ violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[] }> } }).axe.run;
    const { violations } = await run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa"] });
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} ${n.failureSummary}`));
  });
}

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

  test(`the phone has no barrier, ${theme}`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(page, `?at=15/35.8/116.09&theme=${theme}`);
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: "图层", exact: true }).click();
    await page.getByRole("button", { name: "地类图斑 的选项" }).click();
    await page.waitForTimeout(300);
    expect(await findings(page)).toEqual([]);
  });
}
