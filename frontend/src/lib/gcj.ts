import { radians, type LonLat } from "./ellipsoid";

// GCJ-02 is the shifted system of internet maps in China. Its algorithm is not public: this is the well-known
// approximation (domain notes 2.5), good for a point pasted from a phone, never for survey data.
const a = 6378245;
const ee = 0.00669342162296594323;

/** From true coordinates to those an internet map shows. */
export function toGcj([lon, lat]: LonLat): LonLat {
  if (lon < 73.66 || lon > 135.05 || lat < 3.86 || lat > 53.55) return [lon, lat];
  const x = lon - 105;
  const y = lat - 35;
  const wave = (s: number, big: number, small: number) => (big * Math.sin(s) + small * Math.sin(s / 3)) * (2 / 3);
  const ripple = ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;
  const dLat =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + ripple +
    wave(y * Math.PI, 20, 40) + ((160 * Math.sin((y * Math.PI) / 12) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3;
  const dLon =
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + ripple +
    wave(x * Math.PI, 20, 40) + ((150 * Math.sin((x * Math.PI) / 12) + 300 * Math.sin((x * Math.PI) / 30)) * 2) / 3;
  const m = 1 - ee * Math.sin(lat * radians) ** 2;
  return [
    lon + (dLon * 180) / ((a / Math.sqrt(m)) * Math.cos(lat * radians) * Math.PI),
    lat + (dLat * 180) / (((a * (1 - ee)) / (m * Math.sqrt(m))) * Math.PI),
  ];
}

/** From what an internet map shows to true coordinates: five rounds take the forward error away. */
export function fromGcj([lon, lat]: LonLat): LonLat {
  let guess: LonLat = [lon, lat];
  for (let i = 0; i < 5; i++) {
    const [x, y] = toGcj(guess);
    guess = [guess[0] - (x - lon), guess[1] - (y - lat)];
  }
  return guess;
}
