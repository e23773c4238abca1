import { a, e2, f, radians, type LonLat } from "./ellipsoid";

const b = a * (1 - f);
// Coefficients of the survey's formula of areas on the ellipsoid (TD/T 1055; domain notes 3.5).
const A = 1 + (3 / 6) * e2 + (30 / 80) * e2 ** 2 + (35 / 112) * e2 ** 3 + (630 / 2304) * e2 ** 4;
const B = (1 / 6) * e2 + (15 / 80) * e2 ** 2 + (21 / 112) * e2 ** 3 + (420 / 2304) * e2 ** 4;
const C = (3 / 80) * e2 ** 2 + (7 / 112) * e2 ** 3 + (180 / 2304) * e2 ** 4;
const D = (1 / 112) * e2 ** 3 + (45 / 2304) * e2 ** 4;
const E = (5 / 2304) * e2 ** 4;

/** Ellipsoidal area in m² of a ring, open or closed, by the survey's formula: what 图斑面积 means. */
export function areaOf(ring: LonLat[]): number {
  let sum = 0;
  const l0 = ring[0]?.[0] ?? 0;
  ring.forEach(([lon1, lat1], i) => {
    const [lon2, lat2] = ring[(i + 1) % ring.length];
    const dl = ((lon1 + lon2) / 2 - l0) * radians;
    const mid = ((lat1 + lat2) / 2) * radians;
    const d = (lat2 - lat1) * radians;
    sum += 2 * b * b * dl * (
      A * Math.sin(d / 2) * Math.cos(mid) - B * Math.sin((3 * d) / 2) * Math.cos(3 * mid) +
      C * Math.sin((5 * d) / 2) * Math.cos(5 * mid) - D * Math.sin((7 * d) / 2) * Math.cos(7 * mid) +
      E * Math.sin((9 * d) / 2) * Math.cos(9 * mid));
  });
  return Math.abs(sum);
}

/** Ellipsoidal length in metres of a line, by Vincenty's inverse formula edge by edge. */
export function lengthOf(line: LonLat[]): number {
  return line.slice(1).reduce((sum, point, i) => sum + distance(line[i], point), 0);
}

function distance([lon1, lat1]: LonLat, [lon2, lat2]: LonLat): number {
  const l = (lon2 - lon1) * radians;
  const u1 = Math.atan((1 - f) * Math.tan(lat1 * radians));
  const u2 = Math.atan((1 - f) * Math.tan(lat2 * radians));
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = l;
  for (let i = 0; i < 50; i++) {
    const sinSigma = Math.hypot(c2 * Math.sin(lambda), c1 * s2 - s1 * c2 * Math.cos(lambda));
    if (sinSigma === 0) return 0;
    const cosSigma = s1 * s2 + c1 * c2 * Math.cos(lambda);
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (c1 * c2 * Math.sin(lambda)) / sinSigma;
    const cos2Alpha = 1 - sinAlpha ** 2;
    const mid = cos2Alpha === 0 ? 0 : cosSigma - (2 * s1 * s2) / cos2Alpha;
    const c = (f / 16) * cos2Alpha * (4 + f * (4 - 3 * cos2Alpha));
    const before = lambda;
    lambda = l + (1 - c) * f * sinAlpha * (sigma + c * sinSigma * (mid + c * cosSigma * (2 * mid ** 2 - 1)));
    if (Math.abs(lambda - before) > 1e-12) continue;
    const u = (cos2Alpha * (a * a - b * b)) / (b * b);
    const big = 1 + (u / 16384) * (4096 + u * (-768 + u * (320 - 175 * u)));
    const small = (u / 1024) * (256 + u * (-128 + u * (74 - 47 * u)));
    const delta = small * sinSigma * (mid + (small / 4) * (cosSigma * (2 * mid ** 2 - 1) -
      (small / 6) * mid * (4 * sinSigma ** 2 - 3) * (4 * mid ** 2 - 3)));
    return b * big * (sigma - delta);
  }
  return NaN; // nearly antipodal: not on a county's map
}
