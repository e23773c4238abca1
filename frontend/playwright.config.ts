import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";

// The journeys run against the binary itself: ONEMAP_URL (and ONEMAP_DATA, for changes by psql), or one started here.
// Workers read this file too: what is chosen once stands in the environment.
const own = !process.env.ONEMAP_URL;
if (own) {
  process.env.ONEMAP_PORT ??= String(20000 + Math.floor(Math.random() * 20000));
  if (!process.env.ONEMAP_DATA) {
    const data = mkdtempSync(join(tmpdir(), "onemap-page-"));
    process.env.ONEMAP_DATA = data;
    process.on("exit", () => rmSync(data, { recursive: true, force: true }));
  }
  mkdirSync("node_modules/.cache", { recursive: true });
}
const baseURL = process.env.ONEMAP_URL ?? `http://127.0.0.1:${process.env.ONEMAP_PORT}`;

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  // These tell a page that hangs from one that draws slowly; speed is not judged here.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  retries: process.env.CI ? 1 : 0, // a browser may be starved on a busy machine; what needed a second try is named as flaky
  workers: 1, // software GL takes every core there is
  reporter: "list",
  use: {
    baseURL,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    viewport: { width: 1440, height: 900 },
    actionTimeout: 30_000,
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--font-render-hinting=none",
      ],
    },
  },
  webServer: own
    ? {
        command: `../bin/onemap serve --demo small --listen 127.0.0.1:${process.env.ONEMAP_PORT} --data ${process.env.ONEMAP_DATA} 2> node_modules/.cache/onemap.log`,
        cwd: import.meta.dirname,
        url: `${baseURL}/readyz`,
        timeout: 240_000,
        gracefulShutdown: { signal: "SIGTERM", timeout: 20_000 },
      }
    : undefined,
});
