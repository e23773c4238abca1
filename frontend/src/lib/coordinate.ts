import type { LonLat } from "./ellipsoid";
import { fromGcj } from "./gcj";
import { fromZone } from "./gauss";

/** One way to understand a typed coordinate. */
export type Reading = { kind: "degrees" | "dms" | "zone" | "gcj"; at: LonLat; zone?: number };

const china = { west: 73, east: 136, south: 3, north: 54 };
const isLon = (n: number) => n >= china.west && n <= china.east;
const isLat = (n: number) => n >= china.south && n <= china.north;

/** The zone of coordinates that name none: 117° E, the county's. */
const homeZone = 39;

/**
 * Understands a coordinate in any usual form, most likely reading first; none if the text is not a coordinate.
 * Degrees in either order (lon and lat are told apart by their ranges), degrees-minutes-seconds, 3° zone X/Y in
 * either order with or without the zone's number. Plain degrees may also have been copied from a phone (GCJ-02).
 */
export function readCoordinate(text: string): Reading[] {
  const line = text.trim().normalize("NFKC");
  if (/[°度]/.test(line)) return dms(line);
  const fromLink = /amap\.com|map\.qq\.com|gaode/i.test(line);
  const words = fromLink ? line.replace(/^[^?]*/, "") : line.replace(/\b(lon|lng|lat|[xyensw]|geo)\b|经度|纬度|东经|北纬|东|北|坐标/gi, "");
  if (!fromLink && /[^\d\s.,;:/()|+=\-]/.test(words)) return [];
  const numbers = (words.match(/\d+(?:\.\d+)?/g) ?? []).map(Number);
  const pairs = fromLink ? numbers.slice(1).map((n, i) => [numbers[i], n]) : numbers.length === 2 ? [numbers] : [];
  for (const [p, q] of pairs) {
    const found = degrees(p, q, fromLink) ?? planar(p, q);
    if (found) return found;
  }
  return [];
}

function degrees(p: number, q: number, shifted: boolean): Reading[] | undefined {
  const at: LonLat | undefined = isLon(p) && isLat(q) ? [p, q] : isLat(p) && isLon(q) ? [q, p] : undefined;
  if (!at) return undefined;
  const plain: Reading = { kind: "degrees", at };
  const gcj: Reading = { kind: "gcj", at: fromGcj(at) };
  return shifted ? [gcj, plain] : [plain, gcj];
}

function planar(p: number, q: number): Reading[] | undefined {
  const isNorthing = (n: number) => n >= 300_000 && n < 6_000_000;
  const split = (n: number) => (n >= 25_000_000 && n < 46_000_000 ? { zone: Math.floor(n / 1e6), y: n % 1e6 } : { zone: homeZone, y: n });
  const isEasting = (n: number) => split(n).y >= 200_000 && split(n).y <= 800_000;
  // A bare easting is smaller than any northing of this country's middle, so the order tells itself.
  const [x, y] = isNorthing(p) && isEasting(q) && p > split(q).y ? [p, q] : isNorthing(q) && isEasting(p) && q > split(p).y ? [q, p] : [NaN, NaN];
  if (Number.isNaN(x)) return undefined;
  const { zone, y: easting } = split(y);
  const at = fromZone({ x, y: easting, zone });
  return isLon(at[0]) && isLat(at[1]) ? [{ kind: "zone", at, zone }] : undefined;
}

function dms(line: string): Reading[] {
  const angle = /(\d+(?:\.\d+)?)\s*[°度]\s*(?:(\d+(?:\.\d+)?)\s*['′’分])?\s*(?:(\d+(?:\.\d+)?)\s*(?:["″”秒]|''|′′))?/g;
  const values = [...line.matchAll(angle)].map(([, d, m = "0", s = "0"]) => Number(d) + Number(m) / 60 + Number(s) / 3600);
  if (values.length !== 2) return [];
  const [found] = degrees(values[0], values[1], false) ?? [];
  return found ? [{ kind: "dms", at: found.at }] : [];
}
