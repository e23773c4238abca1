/** Figures as people here read them. Thousands are parted by a thin space; units are words of the language. */

const mu = 2000 / 3; // m²

/** A number with its thousands parted and a fixed count of decimals. */
export function figure(value: number, decimals = 0): string {
  const [whole, part] = Math.abs(value).toFixed(decimals).split(".");
  const parted = whole.replace(/\B(?=(\d{3})+$)/g, "\u2009");
  return (value < 0 ? "−" : "") + parted + (part ? "." + part : "");
}

export type Amount = { value: string; unit: "m" | "km" | "m2" | "mu" | "ha" | "km2" };

/** Area: 亩 first, square metres beside it; for large ones hectares or km² beside. */
export function area(m2: number): [Amount, Amount] {
  const inMu: Amount = { value: figure(m2 / mu, m2 < 100 * mu ? 2 : m2 < 10_000 * mu ? 1 : 0), unit: "mu" };
  if (m2 >= 1e7) return [inMu, { value: figure(m2 / 1e6, 2), unit: "km2" }];
  if (m2 >= 1e5) return [inMu, { value: figure(m2 / 1e4, 2), unit: "ha" }];
  return [inMu, { value: figure(m2, 1), unit: "m2" }];
}

/** Length: metres below a kilometre, kilometres above. */
export function length(m: number): Amount {
  return m < 1000 ? { value: figure(m, m < 100 ? 2 : 1), unit: "m" } : { value: figure(m / 1000, 3), unit: "km" };
}

/** The denominator of the map's scale at a zoom (512-pixel tiles, 0.28 mm pixels as OGC has it). */
export function scaleAt(zoom: number, lat: number): number {
  const metres = (40075016.686 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);
  return metres / 0.00028;
}

/** A round length that fits into so many pixels: for the scale bar. */
export function scaleBar(zoom: number, lat: number, pixels: number): { metres: number; width: number } {
  const perPixel = scaleAt(zoom, lat) * 0.00028;
  const most = perPixel * pixels;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((n) => n * power).find((n) => n <= most) ?? power;
  return { metres, width: metres / perPixel };
}

/** The size of a file. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const [unit, name] = count < 1e6 ? [1e3, "kB"] : count < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  const value = count / unit;
  return `${figure(value, value < 10 ? 1 : 0)} ${name}`;
}
