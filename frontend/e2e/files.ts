import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "./folder";

// Files as offices have them, made for one test: nothing is kept, nothing is copied from anywhere.

export type Row = { properties: Record<string, string | number>; ring: [number, number][] };

/** A square of so many degrees, its lower left corner given. */
export const square = (lon: number, lat: number, side = 0.002): [number, number][] => [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]];

/** A ring that crosses itself, as a bow tie. */
export const bow = (lon: number, lat: number, side = 0.002): [number, number][] => [[lon, lat], [lon + side, lat + side], [lon + side, lat], [lon, lat + side], [lon, lat]];

export const geojson = (rows: Row[]): string =>
  JSON.stringify({ type: "FeatureCollection", features: rows.map(({ properties, ring }) => ({ type: "Feature", properties, geometry: { type: "Polygon", coordinates: [ring] } })) });

export function written(name: string, body: string | Uint8Array): string {
  const path = join(folder(), name);
  writeFileSync(path, body);
  return path;
}

/** A zipped shapefile in the 39th zone and GBK that says neither. */
export function mute(name: string, rows: Row[]): string {
  const made = folder();
  const from = written("rows.geojson", geojson(rows));
  execFileSync("ogr2ogr", ["-f", "ESRI Shapefile", join(made, `${name}.shp`), from, "-a_srs", "EPSG:4490", "-lco", "ENCODING=GBK"], { stdio: "pipe" });
  const flat = folder();
  execFileSync("ogr2ogr", ["-f", "ESRI Shapefile", join(flat, `${name}.shp`), join(made, `${name}.shp`), "-s_srs", "EPSG:4490", "-t_srs", "EPSG:4527", "-lco", "ENCODING=GBK"], { stdio: "pipe" });
  const parts = readdirSync(flat).filter((file) => /\.(shp|shx|dbf)$/.test(file));
  const dbf = parts.find((file) => file.endsWith(".dbf"))!;
  const body = readFileSync(join(flat, dbf));
  body[29] = 0; // the language of the .dbf
  writeFileSync(join(flat, dbf), body);
  const zip = join(folder(), `${name}.zip`);
  execFileSync("python3", ["-m", "zipfile", "-c", zip, ...parts.map((file) => join(flat, file))]);
  return zip;
}
