/** What a link to the map says. Everything may be left out; the page then has its own mind. */
export type Link = {
  view?: { zoom: number; lat: number; lon: number };
  area?: string; // work area
  layers?: string[]; // shown, if others than the work area's own
  opacity?: Record<string, number>; // percent, where not 100
  feature?: { layer: string; id: string };
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
  say("import", link.import);
  say("lang", link.lang);
  say("theme", link.theme);
  return parts.join("&");
}

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
  const job = said.get("import");
  if (job && /^[0-9a-f-]{36}$/.test(job)) link.import = job;
  const lang = said.get("lang");
  if (lang === "zh" || lang === "en") link.lang = lang;
  const theme = said.get("theme");
  if (theme === "light" || theme === "dark") link.theme = theme;
  return link;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
