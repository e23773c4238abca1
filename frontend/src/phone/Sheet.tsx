import { useRef, type PointerEvent, type ReactNode } from "react";
import { useWords } from "../i18n";

export type Height = "peek" | "half" | "full";
const heights: Height[] = ["peek", "half", "full"];

/** The sheet from below, in three heights: dragged by its handle, or stepped through by tapping it. */
export function Sheet({ height, onHeight, children }: { height: Height; onHeight: (height: Height) => void; children: ReactNode }) {
  const { t } = useWords();
  const sheet = useRef<HTMLElement>(null);
  const from = useRef<{ y: number; size: number } | null>(null);
  const down = (event: PointerEvent<HTMLButtonElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { y: event.clientY, size: sheet.current!.offsetHeight };
  };
  const move = ({ clientY }: PointerEvent) => {
    if (from.current && Math.abs(clientY - from.current.y) > 4) sheet.current!.style.height = `${from.current.size + from.current.y - clientY}px`;
  };
  const up = ({ clientY }: PointerEvent) => {
    if (!from.current) return;
    const moved = from.current.y - clientY;
    from.current = null;
    sheet.current!.style.height = "";
    const at = heights.indexOf(height);
    if (Math.abs(moved) < 5) onHeight(heights[(at + 1) % heights.length]);
    else if (Math.abs(moved) > 40) onHeight(heights[Math.max(0, Math.min(2, at + Math.sign(moved) * (Math.abs(moved) > innerHeight * 0.45 ? 2 : 1)))]);
  };
  const press = (event: React.KeyboardEvent) => {
    const step = { ArrowUp: 1, ArrowDown: -1, Enter: 1, " ": 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    onHeight(heights[Math.max(0, Math.min(2, heights.indexOf(height) + step))]);
  };
  return (
    <section ref={sheet} className={`sheet ${height}`} aria-label={t("phone.sheet")}>
      <button className="handle" onPointerDown={down} onPointerMove={move} onPointerUp={up} onKeyDown={press} aria-label={t(height === "full" ? "phone.shrink" : "phone.grow")}><i /></button>
      {children}
    </section>
  );
}
