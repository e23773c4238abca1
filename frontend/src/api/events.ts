import type { Change, Remade } from "./types";

const silence = 50_000; // ms; a server that is there says something every 15 s
const patience = 1500; // a restart of a second is not worth a word

type Told = { onChange: (change: Change) => void; onRemade: (remade: Remade) => void; onReset: () => void; onState: (connected: boolean) => void };

/**
 * Follows the change log, and never misses a change: every connection begins behind the last position heard of, also after the
 * machine has slept, the server was not ready, or a line went dead without a word. onState tells whether the server is there;
 * onReset, that too much was missed and all is to be read anew. Returns how to stop.
 */
export function follow({ onChange, onRemade, onReset, onState }: Told): () => void {
  let source: EventSource | undefined;
  let position = ""; // the last heard of
  let again: ReturnType<typeof setTimeout> | undefined;
  let lost: ReturnType<typeof setTimeout> | undefined;
  let quiet: ReturnType<typeof setTimeout> | undefined;

  const hear = <T>(name: string, tell: (data: T) => void) =>
    source!.addEventListener(name, (event: MessageEvent<string>) => {
      listen();
      if (event.lastEventId) position = event.lastEventId;
      tell(JSON.parse(event.data));
    });
  const lose = () => void (lost ??= setTimeout(() => onState(false), patience));
  const listen = () => {
    clearTimeout(quiet);
    quiet = setTimeout(open, silence);
  };
  const open = () => {
    source?.close();
    source = new EventSource(position ? `/events?after=${position}` : "/events");
    source.onopen = () => {
      clearTimeout(lost);
      lost = undefined;
      onState(true);
    };
    hear("position", () => {});
    hear("beat", () => {});
    hear("change", onChange);
    hear("remade", onRemade);
    hear("reset", onReset);
    source.onerror = () => {
      lose();
      if (source?.readyState !== EventSource.CLOSED) return; // the browser itself tries again, and says where it had got to
      clearTimeout(again);
      again = setTimeout(open, 3000);
    };
    listen();
  };

  addEventListener("online", open);
  addEventListener("offline", lose);
  open();
  return () => {
    source?.close();
    removeEventListener("online", open);
    removeEventListener("offline", lose);
    [again, lost, quiet].forEach(clearTimeout);
  };
}
