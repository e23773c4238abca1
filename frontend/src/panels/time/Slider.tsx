import { useEffect, useMemo, useState } from "react";
import { useWords } from "../../i18n";
import { density, momentAt, nextTo, sayMoment } from "../../lib/moment";
import { Icon } from "../../ui/icons";

const parts = 96;
const steps = 2000;

/** The time of the log: how densely it changed, and where in it one stands. The map follows when the handle has come to rest. */
export function Slider({ start, times, asOf, onShow }: { start: number; times: number[]; asOf: string | null; onShow: (moment: string | null) => void }) {
  const { t } = useWords();
  const [end] = useState(() => Date.now());
  const span = useMemo<[number, number]>(() => [Math.floor(start / 1000) * 1000, Math.max(end, start + 60_000)], [start, end]);
  const counts = useMemo(() => density(times, span, parts), [times, span]);
  const most = Math.max(...counts, 1);
  const at = asOf ? Date.parse(asOf) : span[1];
  const [held, hold] = useState<number | null>(null);
  useEffect(() => {
    if (held === null) return;
    const later = setTimeout(() => {
      onShow(held >= steps ? null : momentAt(span[0] + (held / steps) * (span[1] - span[0])));
      hold(null);
    }, 280);
    return () => clearTimeout(later);
  }, [held, onShow, span]);
  const place = held ?? Math.round(((at - span[0]) / (span[1] - span[0])) * steps);
  const said = held === null ? (asOf ? sayMoment(asOf) : t("time.now")) : held >= steps ? t("time.now") : sayMoment(span[0] + (held / steps) * (span[1] - span[0]));
  const before = nextTo(times, at, -1);
  const after = asOf ? nextTo(times, at, 1) : null;
  return (
    <div className="time-slider">
      <button className="icon-button" disabled={before === null} onClick={() => before !== null && onShow(momentAt(Math.max(before, span[0])))} title={t("time.previous")} aria-label={t("time.previous")}><Icon name="back" size={16} /></button>
      <div className="time-track">
        <svg viewBox={`0 0 ${parts} 20`} preserveAspectRatio="none" aria-hidden="true">
          {counts.map((n, i) => n > 0 && <rect key={i} x={i + 0.12} width={0.76} y={20 - 4 - (16 * Math.sqrt(n)) / Math.sqrt(most)} height={4 + (16 * Math.sqrt(n)) / Math.sqrt(most)} />)}
        </svg>
        <input type="range" min={0} max={steps} value={Math.max(0, Math.min(steps, place))} aria-label={t("time.slider")} aria-valuetext={said} onChange={(e) => hold(Number(e.target.value))} />
        <p><span>{sayMoment(span[0]).slice(0, 16)}</span><b className={asOf || held !== null ? "then" : ""}>{said}</b><span>{t("time.now")}</span></p>
      </div>
      <button className="icon-button" disabled={!asOf} onClick={() => onShow(after !== null && after < Date.now() - 1000 ? momentAt(after) : null)} title={t("time.next")} aria-label={t("time.next")}><Icon name="chevron" size={16} /></button>
    </div>
  );
}
