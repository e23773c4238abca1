import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useCatalogue, useLayers, useStyle } from "../api/queries";
import { useWords } from "../i18n";
import "../i18n/reading";
import { sayMoment, timelessOf } from "../lib/moment";
import { shownOn } from "../lib/sides";
import { shownNow, useDesk } from "../state/desk";
import { momentOf, setHandle, useReading } from "../state/reading";
import { useSettings } from "../state/settings";
import { useMap } from "./current";
import { Twin } from "./twin";
import "./swipe.css";

/** Another moment, or another layer, lies over the map left of a handle that is dragged or moved by arrows. */
export default function Swipe() {
  const { t } = useWords();
  const at = useReading((r) => r.handle);
  const surface = useRef<HTMLDivElement>(null);
  const sides = useSides();
  useTwin(surface, at);
  const press = (event: KeyboardEvent) => {
    const to = { ArrowLeft: at - 2, ArrowRight: at + 2, PageDown: at - 10, PageUp: at + 10, Home: 0, End: 100 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setHandle(to);
  };
  const drag = ({ clientX, buttons }: PointerEvent) => {
    const box = surface.current?.getBoundingClientRect();
    if (buttons && box) setHandle((100 * (clientX - box.left)) / box.width);
  };
  return (
    <>
      <div ref={surface} className="twin" style={{ clipPath: `inset(0 ${100 - at}% 0 0)` }} aria-hidden="true" />
      <div className="swipe" style={{ left: `${at}%` }}>
        <span className="swipe-left">{sides.left}</span><span className="swipe-right">{sides.right}</span>
        <div role="slider" tabIndex={0} aria-label={t("swipe.handle")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(at)} aria-valuetext={t("swipe.at", { percent: Math.round(at), ...sides })}
          onKeyDown={press} onPointerDown={(e) => e.currentTarget.setPointerCapture(e.pointerId)} onPointerMove={drag}><i /></div>
      </div>
    </>
  );
}

/** What the two sides are called: moments or layers. */
function useSides(): { left: string; right: string } {
  const { t, named } = useWords();
  const layers = useLayers();
  const compare = useReading((r) => r.compare);
  const swipe = useReading((r) => r.swipe);
  const title = (name: string) => named(layers.get(name) ?? { name });
  if (compare) return { left: sayMoment(compare.from), right: compare.to ? sayMoment(compare.to) : t("time.now") };
  return swipe ? { left: title(swipe.left), right: title(swipe.right) } : { left: "", right: "" };
}

/** The second map is made once, and dressed as the first is, but for its side. */
function useTwin(surface: React.RefObject<HTMLDivElement | null>, at: number): void {
  const view = useMap((m) => m.view);
  const theme = useSettings((s) => s.theme);
  const { data: style } = useStyle(theme);
  const layers = useCatalogue().data?.layers;
  const own = useDesk((d) => d.own);
  const area = useDesk((d) => d.area);
  const opacity = useDesk((d) => d.opacity);
  const filters = useReading((r) => r.filters);
  const swipe = useReading((r) => r.swipe);
  const asOf = useReading((r) => r.compare?.from ?? momentOf(r));
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
  useEffect(() => twin?.cover(at), [twin, at]);
  useEffect(() => {
    if (!twin || !style || !layers) return;
    twin.draw(style, { dark: theme === "dark", shown: shownOn("left", shownNow({ own, area }, layers), swipe), opacity, asked: { filters, asOf }, timeless: timelessOf(layers) });
  }, [twin, style, layers, theme, own, area, opacity, filters, asOf, swipe]);
}
