import type { Bounds, LayerInfo } from "../api/types";

/** Where a layer is had: the server's address and the layer; and which of its features are asked for, of which moment, if any are. */
export type Place = { origin: string; filter?: string; asOf?: string | null; layer: Pick<LayerInfo, "name" | "title" | "geometryType" | "bounds" | "drawing" | "style" | "labelField" | "idField" | "properties"> };

/** Lines to copy, by client; a key of use.part says what each is for. */
export type Use = { client: string; parts: { part: string; text: string }[] };

/** What lets another program use a layer, as it is to be typed there. Each of these lines is run by a test (e2e/use.spec.ts). */
export const usesOf = (place: Place): Use[] => [
  { client: "qgis", parts: [{ part: "oapif", text: ogc(place) }, { part: "wfs", text: `${place.origin}/wfs` }, { part: "tiles", text: tiles(place) }, { part: "console", text: pyqgis(place) }] },
  { client: "maplibre", parts: [{ part: "module", text: maplibre(place) }] },
  { client: "openlayers", parts: [{ part: "script", text: openlayers(place) }] },
  { client: "leaflet", parts: [{ part: "script", text: leaflet(place) }] },
  { client: "python", parts: [{ part: "requests", text: requests(place) }, { part: "geopandas", text: geopandas(place) }, { part: "owslib", text: owslib(place) }] },
  { client: "gdal", parts: [{ part: "look", text: ogrinfo(place) }, takes(place)] },
  { client: "curl", parts: [{ part: "some", text: curl(place) }, ...(asks(place) ? [] : [{ part: "filtered", text: curlFiltered(place) }])] },
];

/** Whether some of the features are asked for, and not all as they are now. */
export const asks = ({ filter, asOf }: Pick<Place, "filter" | "asOf">): boolean => !!filter || !!asOf;

/** What is asked, as the rest of an address that may stand in any quotes. */
const asked = ({ filter, asOf }: Place, before: "?" | "&") => {
  const word = (text: string) => encodeURIComponent(text).replace(/['()!*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const said = [filter && `filter=${word(filter)}`, asOf && `as-of=${word(asOf)}`].filter(Boolean);
  return said.length > 0 ? before + said.join("&") : "";
};

const ogc = ({ origin }: Place) => `${origin}/ogc`;
const items = ({ origin, layer }: Place) => `${origin}/ogc/collections/${layer.name}/items`;
const tiles = (place: Place) => `${place.origin}/tiles/${place.layer.name}/{z}/{x}/{y}.mvt${asked(place, "?")}`;

/** The bounds of a layer, rounded so as to be read. */
const bounds = ({ layer }: Place): Bounds => (layer.bounds ?? [115.87, 35.61, 116.37, 35.98]).map((v) => +v.toFixed(4)) as Bounds;
const centre = (place: Place) => {
  const [w, s, e, n] = bounds(place);
  return [+((w + e) / 2).toFixed(4), +((s + n) / 2).toFixed(4)] as const;
};
const levels = ({ layer }: Place) => ({ from: layer.drawing.minZoom, to: layer.drawing.maxZoom ?? 18 });
const kind = ({ layer }: Place) => (/Point/.test(layer.geometryType) ? "circle" : /Line/.test(layer.geometryType) ? "line" : "fill");

const pyqgis = (place: Place) => `iface.addVectorLayer("url='${ogc(place)}' typename='${place.layer.name}'", "${place.layer.title}", "OAPIF")`;

const maplibre = (place: Place) => {
  const { name } = place.layer;
  const paint = { circle: `{ 'circle-color': '#176B87', 'circle-radius': 4 }`, line: `{ 'line-color': '#176B87', 'line-width': 2 }`, fill: `{ 'fill-color': '#176B87', 'fill-opacity': 0.4, 'fill-outline-color': '#0D3646' }` }[kind(place)];
  return `import * as maplibregl from 'maplibre-gl';

const map = new maplibregl.Map({
  container: 'map',
  center: [${centre(place).join(", ")}],
  zoom: ${Math.max(12, levels(place).from)},
  style: {
    version: 8,
    sources: { ${name}: { type: 'vector', url: '${place.origin}/tiles/${name}.json${asked(place, "?")}' } },
    layers: [{
      id: '${name}', type: '${kind(place)}', source: '${name}', 'source-layer': '${name}',
      paint: ${paint},
    }],
  },
});`;
};

const openlayers = (place: Place) => `const map = new ol.Map({
  target: 'map',
  layers: [
    new ol.layer.VectorTile({
      source: new ol.source.VectorTile({
        format: new ol.format.MVT(),
        url: '${tiles(place)}',
        minZoom: ${levels(place).from},
        maxZoom: ${levels(place).to},
      }),
    }),
  ],
  view: new ol.View({ center: ol.proj.fromLonLat([${centre(place).join(", ")}]), zoom: ${Math.max(13, levels(place).from + 1)} }),
});`;

const leaflet = (place: Place) => {
  const [lon, lat] = centre(place);
  return `const map = L.map('map').setView([${lat}, ${lon}], ${Math.max(14, levels(place).from)});
const layer = L.geoJSON(null, { onEachFeature: (f, l) => l.bindPopup(\`${place.layer.title} \${f.id}\`) }).addTo(map);

async function load() {
  const bbox = map.getBounds().toBBoxString();
  const answer = await fetch(\`${items(place)}?f=json&limit=1000${asked(place, "&")}&bbox=\${bbox}\`);
  const features = await answer.json();
  layer.clearLayers().addData(features);
}
map.on('moveend', load);
load();`;
};

const requests = (place: Place) => `import requests

url = "${items(place)}?f=json&limit=1000${asked(place, "&")}"
features = []
while url and len(features) < 5000:
    page = requests.get(url, timeout=30).json()
    features += page["features"]
    url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
print(len(features), features[0]["properties"])`;

const geopandas = (place: Place) => `import geopandas

frame = geopandas.read_file("${items(place)}?f=json&limit=1000${asked(place, "&")}")
print(len(frame), frame.crs, frame.drop(columns="geometry").iloc[0], sep="\\n")`;

const owslib = (place: Place) => `from owslib.ogcapi.features import Features

page = Features("${ogc(place)}").collection_items("${place.layer.name}", limit=10${owslibAsked(place)})
print(page["numberMatched"], page["features"][0]["properties"])`;

const owslibAsked = ({ filter, asOf }: Place) => (filter ? `, filter=${JSON.stringify(filter)}` : "") + (asOf ? `, **{"as-of": "${asOf}"}` : "");

const ogrinfo = (place: Place) => `ogrinfo -ro -so "OAPIF:${ogc(place)}" ${place.layer.name}`;
const ogr2ogr = (place: Place) => `ogr2ogr ${place.layer.name}.gpkg "OAPIF:${ogc(place)}" ${place.layer.name} -limit 1000`;
const file = (place: Place) => `curl -o ${place.layer.name}.gpkg "${place.origin}/layers/${place.layer.name}/export?f=gpkg${asked(place, "&")}"`;
const takes = (place: Place) => (asks(place) ? { part: "file", text: file(place) } : { part: "take", text: ogr2ogr(place) });
const curl = (place: Place) => `curl "${items(place)}?f=json&limit=10${asked(place, "&")}"`;
const curlFiltered = (place: Place) => `curl -G "${items(place)}" -d f=json -d limit=10 -d bbox=${around(place).join()} --data-urlencode "filter=${property(place)} IS NOT NULL"`;

/** A square of about two kilometres in the middle. */
const around = (place: Place) => {
  const [lon, lat] = centre(place);
  return [lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01].map((v) => +v.toFixed(4));
};

const property = ({ layer }: Place) => layer.style.by ?? layer.labelField ?? layer.idField ?? layer.properties?.[0]?.name ?? "fid";
