import { expect, open, test } from "./map";
import { psql } from "./psql";

test.skip(!process.env.ONEMAP_DATA, "needs the data directory, to change it by psql");

test("what psql changes is on the map within a second", async ({ page }) => {
  const [fid, lon, lat, before] = psql("select fid, st_x(p), st_y(p), name from (select *, geom p from layer.facility order by fid limit 1) f").split("|");
  await open(page, `?at=17/${lat}/${lon}&layers=facility`);
  const named = (name: string) => page.evaluate((n) => window.__map!.querySourceFeatures("facility", { sourceLayer: "facility" }).some((f) => f.properties.name === n), name);
  await expect.poll(() => named(before)).toBe(true);
  psql(`update layer.facility set name = '刚刚改名' where fid = ${fid}`);
  await expect.poll(() => named("刚刚改名"), { timeout: 3000, intervals: [50] }).toBe(true);
  psql(`update layer.facility set name = '${before}' where fid = ${fid}`);
  await expect.poll(() => named(before), { timeout: 3000, intervals: [50] }).toBe(true);
});
