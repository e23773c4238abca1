/** The address of a tile in WebMercatorQuad. */
export type TileAddress = { z: number; x: number; y: number };

const edge = 64 / 4096; // tiles carry this much of their neighbours

/** The tiles of one level that draw anything within bounds (degrees). */
export function tilesOf([west, south, east, north]: [number, number, number, number], z: number, limit = 256): TileAddress[] {
  const n = 2 ** z;
  const column = (lon: number) => ((lon + 180) / 360) * n;
  const row = (lat: number) => ((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n;
  const inside = (v: number) => Math.max(0, Math.min(n - 1, Math.floor(v)));
  const [x0, x1] = [inside(column(west) - edge), inside(column(east) + edge)];
  const [y0, y1] = [inside(row(north) - edge), inside(row(south) + edge)];
  if ((x1 - x0 + 1) * (y1 - y0 + 1) > limit) return [];
  const found: TileAddress[] = [];
  for (let x = x0; x <= x1; x++) for (let y = y0; y <= y1; y++) found.push({ z, x, y });
  return found;
}

/** What two bounds share, if anything. */
export function overlap(a: [number, number, number, number], b: [number, number, number, number]): [number, number, number, number] | null {
  const both: [number, number, number, number] = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  return both[0] <= both[2] && both[1] <= both[3] ? both : null;
}

/** The bounds around two. */
export function around(a: [number, number, number, number], b: [number, number, number, number]): [number, number, number, number] {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
