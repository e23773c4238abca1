import { execFileSync } from "node:child_process";

/** Runs SQL as any other program of the office would; needs ONEMAP_DATA, the server's data directory. */
export const psql = (sql: string): string =>
  execFileSync("../bin/onemap", ["psql", "--data", process.env.ONEMAP_DATA!, "--", "-XAtqc", sql], { encoding: "utf8" }).trim();
