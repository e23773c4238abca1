import { expect, test, type Page } from "@playwright/test";

// OpenLayers reads the tiles of the OGC doors in every grid: a facility is where it is as a feature.

type Facility = { id: string; geometry: { coordinates: [number, number] } };
type Place = { id: number; x: number; y: number };

/** Runs lines against OpenLayers that make a vector tile `source`, and returns the points it has around a place. */
async function read(page: Page, lines: string, centre: [number, number], zoom: number): Promise<Place[]> {
  await page.setContent('<div id="map" style="width: 700px; height: 500px"></div>');
  await page.addScriptTag({ path: "node_modules/ol/dist/ol.js" });
  return page.evaluate<Place[]>(`(async () => {
    ${lines}
    const projection = source.getProjection();
    const layer = new ol.layer.VectorTile({ source });
    const map = new ol.Map({
      target: "map",
      layers: [layer],
      view: new ol.View({ projection, center: ol.proj.fromLonLat(${JSON.stringify(centre)}, projection), resolution: source.getTileGrid().getResolution(${zoom}) / 2 }),
    });
    await new Promise((done) => map.once("rendercomplete", done));
    return layer.getFeaturesInExtent(map.getView().calculateExtent()).map((f) => {
      const [x, y] = ol.proj.toLonLat(f.getFlatCoordinates(), projection);
      return { id: f.getId(), x, y };
    });
  })()`);
}

const tileset = (url: string, projection: string) => `
  const source = new ol.source.OGCVectorTile({ url: "${url}", projection: "${projection}", format: new ol.format.MVT() });
  await new Promise((done, fail) => source.on("change", () => ({ ready: done, error: fail })[source.getState()]?.()));`;

/** CGCS2000 as OpenLayers is told of it, once for each way to name it. */
const cgcs2000 = `
  const known = ["EPSG:4490", "http://www.opengis.net/def/crs/EPSG/0/4490", "urn:ogc:def:crs:EPSG::4490"].map((code) => new ol.proj.Projection({
    code, units: "degrees", axisOrientation: "neu", extent: [-180, -90, 180, 90], worldExtent: [-180, -90, 180, 90], metersPerUnit: 111319.49079327358, global: true,
  }));
  known.forEach((p) => ol.proj.addProjection(p));
  ol.proj.addEquivalentProjections([...known, ol.proj.get("EPSG:4326")]);`;

const wmts = (base: string) => `
  const capabilities = new ol.format.WMTSCapabilities().read(await (await fetch("${base}/wmts/1.0.0/WMTSCapabilities.xml")).text());
  const said = ol.source.WMTS.optionsFromCapabilities(capabilities, { layer: "facility", matrixSet: "CGCS2000Quad", requestEncoding: "REST" });
  const source = new ol.source.VectorTile({
    format: new ol.format.MVT(), projection: said.projection, tileGrid: said.tileGrid,
    tileUrlFunction: ([z, x, y]) => said.urls[0].replace("{Style}", said.style).replace("{TileMatrixSet}", said.matrixSet)
      .replace("{TileMatrix}", said.tileGrid.getMatrixId(z)).replace("{TileRow}", y).replace("{TileCol}", x),
  });`;

const facility = (base: string, set: string) => `${base}/ogc/collections/facility/tiles/${set}`;

// The grid that OpenLayers makes of WMTS begins with the first matrix that has tiles.
for (const [name, zoom, lines] of [
  ["the tileset in WebMercatorQuad", 15, (base: string) => tileset(facility(base, "WebMercatorQuad"), "EPSG:3857")],
  ["the tileset in WorldCRS84Quad", 14, (base: string) => tileset(facility(base, "WorldCRS84Quad"), "EPSG:4326")],
  ["the tileset in CGCS2000Quad", 14, (base: string) => cgcs2000 + tileset(facility(base, "CGCS2000Quad"), "EPSG:4490")],
  ["WMTS in CGCS2000Quad", 4, (base: string) => cgcs2000 + wmts(base)],
] as const)
  test(`OpenLayers reads ${name}`, async ({ page, baseURL }) => {
    const wrongs: string[] = [];
    page.on("console", (message) => message.type() === "error" && wrongs.push(message.text()));
    const answer = await fetch(`${baseURL}/ogc/collections/facility/items?limit=1`);
    const [{ id, geometry }] = ((await answer.json()) as { features: Facility[] }).features;
    const [lon, lat] = geometry.coordinates;
    const seen = (await read(page, lines(baseURL!), [lon, lat], zoom)).find((p) => String(p.id) === id);
    expect(seen).toBeTruthy();
    expect(Math.hypot(seen!.x - lon, seen!.y - lat)).toBeLessThan(1e-5);
    expect(wrongs).toEqual([]);
  });
