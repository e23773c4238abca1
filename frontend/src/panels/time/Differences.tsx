import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Problem } from "../../api/client";
import { difference, type Differing } from "../../api/history";
import { useLayers, useSchemes } from "../../api/queries";
import type { LayerInfo } from "../../api/types";
import { useWords } from "../../i18n";
import "../../i18n/reading";
import { boundsOf } from "../../lib/bounds";
import { sayMoment } from "../../lib/moment";
import { figure } from "../../lib/units";
import { useMap } from "../../map/current";
import { useOverlay } from "../../map/useOverlay";
import { useReading, type Compare } from "../../state/reading";
import { Icon } from "../../ui/icons";
import { titleOf } from "../attributes";
import { Changed } from "../history/Changed";
import "./time.css";

const kinds = ["added", "removed", "changed"] as const;
const signs = { added: "plus", removed: "minus", changed: "swap" } as const;

/** What became of a layer between two moments: how many came, went and changed, each on the map and in a list. */
export default function Differences({ compare, name }: { compare: Compare; name: string }) {
  const { t, named, english } = useWords();
  const layer = useLayers().get(name);
  const [open, setOpen] = useState<string | null>(null);
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ["rows", name, "difference", compare.from, compare.to], initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => difference(name, compare.from, compare.to, pageParam, signal), getNextPageParam: (last) => last.next,
  });
  const all = useMemo(() => data?.pages.flatMap((p) => p.features) ?? [], [data]);
  useOverlay("difference", useMemo(() => all.filter((f) => f.geometry).map((f): GeoJSON.Feature => ({ type: "Feature", geometry: f.geometry!, properties: { became: f.change } })), [all]));
  const before = all.find((f) => String(f.id) === open)?.geometryBefore;
  useOverlay("before", useMemo(() => (before ? [{ type: "Feature", geometry: before, properties: {} }] : []), [before]));
  if (!layer) return null;
  const counts = data?.pages[0].counts;
  return (
    <aside className="panel right" aria-label={t("difference.title", { name: named(layer) })}>
      <header className="panel-head feature-head">
        <div><h2>{t("difference.title", { name: named(layer) })}</h2><p>{sayMoment(compare.from)} – {compare.to ? sayMoment(compare.to) : t("time.now")}</p></div>
        <button className="icon-button" onClick={() => useReading.setState({ compare: { ...compare, layer: null } })} aria-label={t("difference.close")}><Icon name="close" size={16} /></button>
      </header>
      {counts && <ul className="became">{kinds.map((kind) => <li key={kind} className={kind}><Icon name={signs[kind]} size={14} />{t(`difference.${kind}`)} <b>{figure(counts[kind])}</b></li>)}</ul>}
      <div className="scroll differences" tabIndex={0} role="group" aria-label={t("difference.list")}>
        {error && <p className="empty" role="alert">{(error instanceof Problem && (english ? error.en : error.zh)) || t("error.server")}</p>}
        {!data && !error && Array.from({ length: 6 }, (_, i) => <div key={i} className="waiting" />)}
        {data && all.length === 0 && <p className="empty">{t("difference.none")}</p>}
        <ul>{all.map((f) => <One key={`${f.id}/${f.change}`} layer={layer} differing={f} open={String(f.id) === open} onOpen={(on) => setOpen(on ? String(f.id) : null)} />)}</ul>
        {hasNextPage && <button className="button more" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t("difference.more")}</button>}
      </div>
    </aside>
  );
}

function One({ layer, differing: f, open, onOpen }: { layer: LayerInfo; differing: Differing; open: boolean; onOpen: (on: boolean) => void }) {
  const { t, named } = useWords();
  const schemes = useSchemes(useMemo(() => [...new Set((layer.properties ?? []).flatMap((p) => p.scheme ?? []))], [layer]));
  const go = () => {
    onOpen(!open);
    if (!open && f.geometry) useMap.getState().view?.fit(boundsOf(f.geometry), 17);
  };
  return (
    <li className={`differing ${f.change}`}>
      <button aria-expanded={open} onClick={go}><Icon name={signs[f.change]} size={15} /><span>{titleOf(layer, f, String(f.id), schemes, named)}</span><small>{t(`difference.${f.change}`)} · {String(f.id)}</small></button>
      {open && f.change === "changed" && <Changed layer={layer} names={f.changed ?? []} before={f.before} after={f.after} />}
    </li>
  );
}
