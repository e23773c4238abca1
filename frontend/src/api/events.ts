import type { Change, Remade } from "./types";

/**
 * Follows the change log. The browser itself reconnects and says where it had got to; onState tells whether the
 * server is there. A page that has missed too much is told to read everything anew. Returns how to stop.
 */
export function follow(onChange: (change: Change) => void, onRemade: (remade: Remade) => void, onReset: () => void, onState: (connected: boolean) => void): () => void {
  let source: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let lost: ReturnType<typeof setTimeout> | undefined;
  const connected = () => {
    clearTimeout(lost);
    lost = undefined;
    onState(true);
  };
  const open = () => {
    source = new EventSource("/events");
    source.onopen = connected;
    source.addEventListener("change", (event) => onChange(JSON.parse((event as MessageEvent<string>).data)));
    source.addEventListener("remade", (event) => onRemade(JSON.parse((event as MessageEvent<string>).data)));
    source.addEventListener("reset", onReset);
    source.onerror = () => {
      lost ??= setTimeout(() => onState(false), 1500); // a restart of a second is not worth a word
      if (source?.readyState !== EventSource.CLOSED) return;
      source.close();
      again = setTimeout(open, 3000);
    };
  };
  open();
  return () => {
    source?.close();
    clearTimeout(again);
    clearTimeout(lost);
  };
}
