/** What a link to the map says. Everything may be left out; the page then has its own mind. */
export type Link = {
  view?: { zoom: number; lat: number; lon: number };
  area?: string; // work area
  layers?: string[]; // shown, if others than the work area's own
  opacity?: Record<string, number>; // percent, where not 100
  feature?: { layer: string; id: string };
  filters?: Record<string, string>; // CQL2 text by layer
  table?: { layer: string; sort?: string }; // the open attribute table; sort as the server takes it: -tbmj
  asOf?: string; // the moment that is shown, RFC 3339
  compare?: { from: string; to?: string; layer?: string }; // two moments side by side; without an end, until now
  swipe?: { left: string; right: string }; // two layers side by side
  handle?: number; // where between the sides, percent of the map's width
  import?: string; // id of the import on the desk
  lang?: "zh" | "en";
  theme?: "light" | "dark";
};

/** Writes a link's query string, without '?', '' if it says nothing. */
export function writeLink(link: Link): string {
  const parts: string[] = [];
  const say = (key: string, value: string | undefined) => value !== undefined && parts.push(`${key}=${value}`);
  const { view, feature } = link;
  say("at", view && `${+view.zoom.toFixed(2)}/${view.lat.toFixed(6)}/${view.lon.toFixed(6)}`);
  say("area", link.area);
  say("layers", link.layers?.map(encodeURIComponent).join(","));
  const faded = Object.entries(link.opacity ?? {}).filter(([, percent]) => percent !== 100);
  say("opacity", faded.length ? faded.map(([name, percent]) => `${encodeURIComponent(name)}:${percent}`).join(",") : undefined);
  say("feature", feature && `${encodeURIComponent(feature.layer)}/${encodeURIComponent(feature.id)}`);
  say("filter", pairs(link.filters));
  say("table", link.table && [link.table.layer, link.table.sort ?? ""].filter(Boolean).map(encodeURIComponent).join("/"));
  say("as-of", link.asOf && encodeURIComponent(link.asOf));
  say("compare", link.compare && [link.compare.from, link.compare.to ?? "", link.compare.layer ?? ""].map(encodeURIComponent).join("/"));
  say("swipe", link.swipe && [link.swipe.left, link.swipe.right].map(encodeURIComponent).join("/"));
  say("handle", (link.swipe || link.compare) && link.handle !== undefined && link.handle !== 50 ? String(+link.handle.toFixed(1)) : undefined);
  say("import", link.import);
  say("lang", link.lang);
  say("theme", link.theme);
  return parts.join("&");
}

const pairs = (of: Record<string, string> | undefined) =>
  of && Object.keys(of).length > 0 ? Object.entries(of).map(([name, text]) => `${encodeURIComponent(name)}:${encodeURIComponent(text)}`).join(",") : undefined;

/** Reads what writeLink wrote; what it doesn't understand it leaves out. */
export function readLink(query: string): Link {
  const link: Link = {};
  const said = new Map(query.replace(/^\?/, "").split("&").map((part) => part.split(/=(.*)/s) as [string, string]));
  const [zoom, lat, lon] = (said.get("at") ?? "").split("/").map(Number);
  if (Number.isFinite(zoom) && Math.abs(lat) <= 85 && Math.abs(lon) <= 180) link.view = { zoom, lat, lon };
  if (said.get("area")) link.area = said.get("area");
  if (said.has("layers")) link.layers = said.get("layers")!.split(",").filter(Boolean).map(decode);
  const faded = (said.get("opacity") ?? "").split(",").map((part) => part.split(":"));
  const opacity = Object.fromEntries(faded.filter(([, p]) => Number(p) >= 0 && Number(p) <= 100).map(([n, p]) => [decode(n), Number(p)]));
  if (Object.keys(opacity).length) link.opacity = opacity;
  const [layer, id] = (said.get("feature") ?? "").split("/").map(decode);
  if (layer && id) link.feature = { layer, id };
  const filters = (said.get("filter") ?? "").split(",").map((part) => part.split(":").map(decode)).filter(([name, text]) => name && text);
  if (filters.length > 0) link.filters = Object.fromEntries(filters);
  const [table, sort] = (said.get("table") ?? "").split("/").map(decode);
  if (table) link.table = sort ? { layer: table, sort } : { layer: table };
  const asOf = decode(said.get("as-of") ?? "");
  if (isMoment(asOf)) link.asOf = asOf;
  const [from, to, of] = (said.get("compare") ?? "").split("/").map(decode);
  if (isMoment(from)) link.compare = { from, ...(isMoment(to) ? { to } : {}), ...(of ? { layer: of } : {}) };
  const [left, right] = (said.get("swipe") ?? "").split("/").map(decode);
  if (left && right && left !== right) link.swipe = { left, right };
  const handle = Number(said.get("handle") || NaN);
  if (handle >= 0 && handle <= 100) link.handle = handle;
  const job = said.get("import");
  if (job && /^[0-9a-f-]{36}$/.test(job)) link.import = job;
  const lang = said.get("lang");
  if (lang === "zh" || lang === "en") link.lang = lang;
  const theme = said.get("theme");
  if (theme === "light" || theme === "dark") link.theme = theme;
  return link;
}

const isMoment = (text: string | undefined) => !!text && /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text));

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
