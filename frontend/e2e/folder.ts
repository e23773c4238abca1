import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];
process.once("exit", () => made.forEach((path) => rmSync(path, { recursive: true, force: true })));

/** A new folder for files of the journeys; it goes when they are through. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "onemap-journey-"));
  made.push(path);
  return path;
}
