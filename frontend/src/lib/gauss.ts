import { a, e2, f, radians } from "./ellipsoid";

/** Planar coordinates as surveyors write them: X is northing, Y is easting, both in metres; zone is the 3° zone. */
export type ZonePoint = { x: number; y: number; zone: number };

// Krüger's series in the third flattening n (Karney 2011, eqs. 35 and 36).
const n = f / (2 - f);
const rectifying = (a / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64);
const alpha = [
  n / 2 - (2 * n ** 2) / 3 + (5 * n ** 3) / 16 + (41 * n ** 4) / 180,
  (13 * n ** 2) / 48 - (3 * n ** 3) / 5 + (557 * n ** 4) / 1440,
  (61 * n ** 3) / 240 - (103 * n ** 4) / 140,
  (49561 * n ** 4) / 161280,
];
const beta = [
  n / 2 - (2 * n ** 2) / 3 + (37 * n ** 3) / 96 - n ** 4 / 360,
  n ** 2 / 48 + n ** 3 / 15 - (437 * n ** 4) / 1440,
  (17 * n ** 3) / 480 - (37 * n ** 4) / 840,
  (4397 * n ** 4) / 161280,
];
const falseEasting = 500_000;
const e = Math.sqrt(e2);

/** The 3° zone a longitude lies in; its central meridian is three times its number. */
export const zoneOf = (lon: number): number => Math.round(lon / 3);

/** Projects degrees into a 3° Gauss–Krüger zone (39 is EPSG:4548). */
export function toZone(lon: number, lat: number, zone = zoneOf(lon)): ZonePoint {
  const phi = lat * radians;
  const lambda = (lon - zone * 3) * radians;
  const t = Math.sinh(Math.atanh(Math.sin(phi)) - e * Math.atanh(e * Math.sin(phi)));
  const xi0 = Math.atan2(t, Math.cos(lambda));
  const eta0 = Math.asinh(Math.sin(lambda) / Math.hypot(t, Math.cos(lambda)));
  let xi = xi0;
  let eta = eta0;
  alpha.forEach((c, j) => {
    const k = 2 * (j + 1);
    xi += c * Math.sin(k * xi0) * Math.cosh(k * eta0);
    eta += c * Math.cos(k * xi0) * Math.sinh(k * eta0);
  });
  return { x: rectifying * xi, y: falseEasting + rectifying * eta, zone };
}

/** The inverse of toZone: [lon, lat] in degrees. */
export function fromZone({ x, y, zone }: ZonePoint): [number, number] {
  const xi = x / rectifying;
  const eta = (y - falseEasting) / rectifying;
  let xi0 = xi;
  let eta0 = eta;
  beta.forEach((c, j) => {
    const k = 2 * (j + 1);
    xi0 -= c * Math.sin(k * xi) * Math.cosh(k * eta);
    eta0 -= c * Math.cos(k * xi) * Math.sinh(k * eta);
  });
  const lambda = Math.atan2(Math.sinh(eta0), Math.cos(xi0));
  const conformal = Math.asinh(Math.sin(xi0) / Math.hypot(Math.sinh(eta0), Math.cos(xi0)));
  let phi = Math.atan(Math.sinh(conformal));
  for (let i = 0; i < 6; i++) phi = Math.asin(Math.tanh(conformal + e * Math.atanh(e * Math.sin(phi))));
  return [lambda / radians + zone * 3, phi / radians];
}
