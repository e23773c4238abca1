import { useMap } from "./current";

const forgotten = 20_000; // ms after which a tile is no longer waited for that nothing was heard of: it is off the screen

/** A tile of a source. */
export type Tile = { source: string; key: string };

const waiting: Record<string, Map<string, ReturnType<typeof setTimeout>>> = {};

/** Notes how far the small-scale map of a layer is, where a tile that was refused has to wait for it; tells whether it has to. */
export async function hear({ source, key }: Tile, answer: Blob): Promise<boolean> {
  const making = await read(answer);
  if (!making) return false;
  const tiles = (waiting[source] ??= new Map());
  clearTimeout(tiles.get(key));
  tiles.set(key, setTimeout(() => came({ source, key }), forgotten));
  useMap.setState((m) => ({ making: { ...m.making, [source]: making.done } }));
  return true;
}

/** A tile is there; nobody waits for a map of which all are. */
export function came({ source, key }: Tile): void {
  const tiles = waiting[source];
  if (!tiles?.has(key)) return;
  clearTimeout(tiles.get(key));
  tiles.delete(key);
  if (tiles.size === 0) useMap.setState((m) => ({ making: Object.fromEntries(Object.entries(m.making).filter(([name]) => name !== source)) }));
}

async function read(answer: Blob): Promise<{ done: number } | undefined> {
  try {
    return (JSON.parse(await answer.text()) as { making?: { done: number } }).making;
  } catch {
    return undefined; // a proxy's own words
  }
}
