import { useId } from "react";
import type { LegendOf, Sample } from "../lib/style";

/** A small picture of how a class is drawn: same colours, same pattern, same stroke. */
export function Swatch({ legend, sample }: { legend: LegendOf; sample?: Sample }) {
  const id = useId();
  const { kind, samples, edge, dash, opacity } = legend;
  const shown = sample ? [sample] : pick(samples);
  const colour = shown[0]?.colour ?? "currentColor";
  return (
    <svg className="swatch" width="20" height="15" viewBox="0 0 20 15" aria-hidden="true">
      {kind === "line" || kind === "pipe" ? (
        shown.map((s, i) => <path key={i} d={`M1 ${height(i, shown.length)}h18`} stroke={s.colour} strokeWidth={shown.length > 1 ? 2.4 : 3} strokeDasharray={dash ? "5 2" : undefined} />)
      ) : kind === "circle" || kind === "icon" ? (
        <>
          <circle cx="10" cy="7.5" r="5.5" fill={colour} stroke="var(--panel)" strokeWidth="1.2" />
          {kind === "icon" && <circle cx="10" cy="7.5" r="1.8" fill="#fff" />}
        </>
      ) : kind === "label" ? (
        <path d="M5 3.5h10M10 3.5v9" stroke="var(--ink2)" strokeWidth="1.8" fill="none" />
      ) : shown[0]?.pattern === "hatch" ? (
        <>
          <pattern id={id} width="4.2" height="4.2" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><path d="M0 2h5" stroke={colour} strokeWidth="1.3" /></pattern>
          <rect x=".7" y=".7" width="18.6" height="13.6" rx="2" fill={`url(#${id})`} stroke={edge ?? colour} strokeWidth="1.2" />
        </>
      ) : (
        <>
          {shown.map((s, i) => <rect key={i} x={0.7 + (18.6 / shown.length) * i} y=".7" width={18.6 / shown.length} height="13.6" rx={shown.length > 1 ? 0 : 2} fill={s.colour} fillOpacity={Math.max(opacity, 0.25)} />)}
          <rect x=".7" y=".7" width="18.6" height="13.6" rx="2" fill="none" stroke={opacity < 1 && edge ? edge : "var(--swatch-edge)"} strokeWidth="1.1" />
        </>
      )}
    </svg>
  );
}

const height = (i: number, n: number) => (n === 1 ? 7.5 : 2.5 + (10 / (n - 1)) * i);

/** Three of many classes stand for the layer. */
function pick(samples: Sample[]): Sample[] {
  const coded = samples.filter((s) => s.code !== null);
  if (coded.length < 2) return samples.slice(0, 1);
  const different = coded.filter((s, i) => coded.findIndex((o) => o.colour === s.colour) === i);
  return [0, 0.4, 0.8].map((share) => different[Math.floor(share * different.length)]).filter((s, i, all) => s && all.indexOf(s) === i);
}
