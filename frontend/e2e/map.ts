import { test as base, expect, type Page } from "@playwright/test";
import type { Map as MapLibre } from "maplibre-gl";

declare global {
  interface Window {
    __map?: MapLibre;
  }
}

/** A page that may not err, fail a request, or ask anybody but its own server. What it asks for wrongly on purpose is in mayRefuse. */
export const test = base.extend<{ page: Page; mayRefuse: RegExp }>({
  mayRefuse: [/^$/, { option: true }],
  page: async ({ page, baseURL, mayRefuse }, use) => {
    const wrongs: string[] = [];
    page.on("pageerror", (error) => wrongs.push(`page error: ${error.message}`));
    page.on("console", (message) => message.type() === "error" && !mayRefuse.test(message.location().url) && wrongs.push(`console: ${message.text()}`));
    page.on("requestfailed", (request) => {
      // Tiles no longer wanted and streams of closed pages are given up, not failed.
      if (!/ERR_ABORTED/.test(request.failure()?.errorText ?? "")) wrongs.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && url.origin !== new URL(baseURL!).origin) wrongs.push(`foreign: ${url.href}`);
    });
    await use(page);
    expect(wrongs).toEqual([]);
  },
});

export { expect };

/** Opens the page and waits until the map has drawn what it shows. */
export async function open(page: Page, query = ""): Promise<void> {
  await page.goto(`/${query}`);
  await drawn(page);
}

/** Waits until everything that is shown has been drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const map = window.__map;
    return !!map && map.isStyleLoaded() && map.areTilesLoaded() && !map.isMoving() && Object.keys(map.getStyle().sources).length > 3;
  }, null, { timeout: 120_000 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** How many colours the map has in its middle: one where nothing is drawn. */
export async function colours(page: Page): Promise<number> {
  const { width, height } = page.viewportSize()!;
  const picture = await page.screenshot({ clip: { x: width * 0.3, y: height * 0.25, width: width * 0.4, height: height * 0.4 } });
  const bench = await page.context().newPage(); // the page's own policy forbids reading data: addresses
  const count = await bench.evaluate(async (data) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const pen = new OffscreenCanvas(image.width, image.height).getContext("2d")!;
    pen.drawImage(image, 0, 0);
    return new Set(new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer)).size;
  }, picture.toString("base64"));
  await bench.close();
  return count;
}

/** A place of the screen where a layer is drawn, away from panels; null if there is none in view. */
export async function placeOf(page: Page, layer: string): Promise<{ x: number; y: number } | null> {
  return page.evaluate((name) => {
    const map = window.__map!;
    const box = map.getCanvas().getBoundingClientRect();
    const left = box.width > 900 ? 420 : 40;
    for (let y = 120; y < box.height - 200; y += 6) {
      for (let x = left; x < box.width - 400 || (box.width < 900 && x < box.width - 80); x += 6) {
        const [top] = map.queryRenderedFeatures([x, y]).filter((f) => f.id !== undefined && !/:(ground|flow)$/.test(f.layer.id));
        if (top?.source === name) return { x: box.left + x, y: box.top + y };
      }
    }
    return null;
  }, layer);
}
