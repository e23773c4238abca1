import { expect, open, test } from "./map";
import { psql, publish } from "./psql";

test.skip(!process.env.ONEMAP_DATA, "needs the data directory, to change it by psql");

test("what psql changes is on the open map", async ({ page }) => {
  const [fid, lon, lat, before] = psql("select fid, st_x(p), st_y(p), name from (select *, geom p from layer.facility order by fid limit 1) f").split("|");
  await open(page, `?at=17/${lat}/${lon}&layers=facility`);
  const named = (name: string) => page.evaluate((n) => window.__map!.querySourceFeatures("facility", { sourceLayer: "facility" }).some((f) => f.properties.name === n), name);
  await expect.poll(() => named(before)).toBe(true);
  psql(`update layer.facility set name = '刚刚改名' where fid = ${fid}`);
  await expect.poll(() => named("刚刚改名"), { timeout: 20_000, intervals: [50] }).toBe(true);
  psql(`update layer.facility set name = '${before}' where fid = ${fid}`);
  await expect.poll(() => named(before), { timeout: 20_000, intervals: [50] }).toBe(true);
});

test("what psql changes is on the open map where parcels are drawn as a mosaic", async ({ page }) => {
  const [fid, lon, lat, before] = psql("select fid, st_x(p), st_y(p), dlbm from (select *, st_pointonsurface(geom) p from layer.dltb order by tbmj desc limit 1) f").split("|");
  const after = before === "1101" ? "0301" : "1101";
  const there = () =>
    page.evaluate(([x, y]) => window.__map!.queryRenderedFeatures(window.__map!.project([x, y]), { layers: ["dltb:fill"] })[0]?.properties.dlbm as string, [Number(lon), Number(lat)] as const);
  await open(page, `?at=12/${lat}/${lon}&layers=dltb`);
  await expect.poll(there).toBe(before);
  psql(`update layer.dltb set dlbm = '${after}' where fid = ${fid}`);
  await expect.poll(there, { timeout: 30_000, intervals: [50] }).toBe(after);
  psql(`update layer.dltb set dlbm = '${before}' where fid = ${fid}`);
  await expect.poll(there, { timeout: 30_000, intervals: [50] }).toBe(before);
});

test("a table that is published is drawn on the open map, and follows it", async ({ page }) => {
  psql("create table public.bench (id serial primary key, geom geometry(Point, 4490)); insert into public.bench (geom) values ('srid=4490;point(116.09 35.8)')");
  try {
    await open(page, "?at=17/35.8/116.0903");
    publish("public.bench", "bench");
    const drawn = () => page.evaluate(() => (window.__map!.getLayer("bench:dot") ? window.__map!.queryRenderedFeatures({ layers: ["bench:dot"] }).length : 0));
    await expect.poll(drawn, { timeout: 20_000, intervals: [50] }).toBe(1);
    psql("insert into public.bench (geom) values ('srid=4490;point(116.0905 35.8001)')");
    await expect.poll(drawn, { timeout: 20_000, intervals: [50] }).toBe(2);
  } finally {
    await page.goto("about:blank");
    psql("delete from onemap.layer where layer = 'bench'; drop table public.bench");
  }
});

test("only tiles that are touched are asked for again", async ({ page }) => {
  const [fid, lon, lat, before] = psql("select fid, st_x(geom), st_y(geom), name from layer.facility order by fid limit 1").split("|");
  await open(page, `?at=17/${lat}/${lon}&layers=facility,dltb,road`);
  const asked: string[] = [];
  page.on("request", (request) => /\/tiles\/.+\.mvt/.test(request.url()) && asked.push(new URL(request.url()).pathname));
  const heard = page.waitForRequest(/\/tiles\/facility\/.+\.mvt/);
  psql(`update layer.facility set name = '改名' where fid = ${fid}`);
  await heard;
  await page.waitForTimeout(1000); // what else would come, comes now
  // The place of the feature: every tile asked for again is of its layer, and holds it or has it in its buffer.
  for (const path of asked) {
    const [layer, z, x, y] = path.match(/tiles\/(\w+)\/(\d+)\/(\d+)\/(\d+)/)!.slice(1);
    const side = 2 ** Number(z);
    const column = ((Number(lon) + 180) / 360) * side;
    const row = ((1 - Math.asinh(Math.tan((Number(lat) * Math.PI) / 180)) / Math.PI) / 2) * side;
    expect(layer).toBe("facility");
    expect(Math.abs(column - Number(x) - 0.5), path).toBeLessThan(0.5 + 64 / 4096);
    expect(Math.abs(row - Number(y) - 0.5), path).toBeLessThan(0.5 + 64 / 4096);
  }
  expect(new Set(asked).size).toBe(asked.length);
  psql(`update layer.facility set name = '${before}' where fid = ${fid}`);
});
