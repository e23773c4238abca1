import { execFileSync } from "node:child_process";

const onemap = (...args: string[]): string => execFileSync("../bin/onemap", args, { encoding: "utf8" }).trim();

/** Makes a layer of a table, as an administrator would. */
export const publish = (table: string, layer: string): string => onemap("publish", table, "--layer", layer, "--track", "--data", process.env.ONEMAP_DATA!);

/** Runs SQL as any other program of the office would; needs ONEMAP_DATA, the server's data directory. */
export const psql = (sql: string): string =>
  onemap("psql", "--data", process.env.ONEMAP_DATA!, "--", "-XAtqc", sql);
