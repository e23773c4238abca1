import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useCatalogue, useStyle } from "../api/queries";
import { useWords } from "../i18n";
import "../i18n/reading";
import { sayMoment, timelessOf } from "../lib/moment";
import { shownNow, useDesk } from "../state/desk";
import { useReading, type Compare } from "../state/reading";
import { useSettings } from "../state/settings";
import { useMap } from "./current";
import { Twin } from "./twin";

/** The earlier moment lies over the map, left of a handle that is dragged or moved by arrows. */
export default function Swipe({ compare }: { compare: Compare }) {
  const { t } = useWords();
  const [at, setAt] = useState(50); // percent of the map's width
  const surface = useRef<HTMLDivElement>(null);
  useTwin(surface, compare.from);
  const press = (event: KeyboardEvent) => {
    const to = { ArrowLeft: at - 2, ArrowRight: at + 2, PageDown: at - 10, PageUp: at + 10, Home: 0, End: 100 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(100, to)));
  };
  const drag = ({ clientX, buttons }: PointerEvent) => {
    const box = surface.current?.getBoundingClientRect();
    if (buttons && box) setAt(Math.max(0, Math.min(100, (100 * (clientX - box.left)) / box.width)));
  };
  const to = compare.to ? sayMoment(compare.to) : t("time.now");
  return (
    <>
      <div ref={surface} className="twin" style={{ clipPath: `inset(0 ${100 - at}% 0 0)` }} aria-hidden="true" />
      <div className="swipe" style={{ left: `${at}%` }}>
        <span className="swipe-before">{sayMoment(compare.from)}</span><span className="swipe-after">{to}</span>
        <div role="slider" tabIndex={0} aria-label={t("time.swipe")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(at)} aria-valuetext={t("time.swipeAt", { percent: Math.round(at), from: sayMoment(compare.from), to })}
          onKeyDown={press} onPointerDown={(e) => e.currentTarget.setPointerCapture(e.pointerId)} onPointerMove={drag}><i /></div>
      </div>
    </>
  );
}

/** The second map is made once, and dressed as the first is. */
function useTwin(surface: React.RefObject<HTMLDivElement | null>, asOf: string): void {
  const view = useMap((m) => m.view);
  const theme = useSettings((s) => s.theme);
  const { data: style } = useStyle(theme);
  const layers = useCatalogue().data?.layers;
  const own = useDesk((d) => d.own);
  const area = useDesk((d) => d.area);
  const opacity = useDesk((d) => d.opacity);
  const filters = useReading((r) => r.filters);
  const [twin, setTwin] = useState<Twin | null>(null);
  useEffect(() => {
    if (!view) return;
    const made = new Twin(surface.current!, view);
    setTwin(made);
    return () => {
      made.remove();
      setTwin(null);
    };
  }, [view, surface]);
  useEffect(() => {
    if (!twin || !style || !layers) return;
    twin.draw(style, { dark: theme === "dark", shown: shownNow({ own, area }, layers), opacity, asked: { filters, asOf }, timeless: timelessOf(layers) });
  }, [twin, style, layers, theme, own, area, opacity, filters, asOf]);
}
