import { useMap } from "./current";

const forgotten = 5000; // ms after which a layer is there that nothing was heard of: its tiles are asked for more often

const last: Record<string, ReturnType<typeof setTimeout>> = {};

/** Notes how far the small-scale map of a layer is, where a tile that was refused has to wait for it. */
export async function hear(answer: Blob): Promise<void> {
  const making = await read(answer);
  if (!making) return;
  const { layer, done } = making;
  useMap.setState((m) => ({ making: { ...m.making, [layer]: done } }));
  clearTimeout(last[layer]);
  last[layer] = setTimeout(() => useMap.setState((m) => ({ making: Object.fromEntries(Object.entries(m.making).filter(([name]) => name !== layer)) })), forgotten);
}

async function read(answer: Blob): Promise<{ layer: string; done: number } | undefined> {
  try {
    return (JSON.parse(await answer.text()) as { making?: { layer: string; done: number } }).making;
  } catch {
    return undefined; // a proxy's own words
  }
}
