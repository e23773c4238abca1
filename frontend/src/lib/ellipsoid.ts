/** CGCS2000's ellipsoid (GB 22021-2008). */
export const a = 6378137;
export const f = 1 / 298.257222101;
export const e2 = f * (2 - f);
export const radians = Math.PI / 180;

/** [longitude, latitude] in degrees of EPSG:4490. */
export type LonLat = [lon: number, lat: number];
