import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { FindingFeature } from "../../api/imports";
import { useWords } from "../../i18n";
import { figure } from "../../lib/units";
import { useMap } from "../../map/current";
import { useImporting } from "../../state/importing";
import { Waiting } from "./parts";

/** The findings of a rule, however many; only what is in view is drawn. A row goes to its place on the map. */
export function FindingTable({ all, more, waiting }: { all: FindingFeature[]; more?: () => void; waiting: boolean }) {
  const { t, said } = useWords();
  const chosen = useImporting((i) => i.chosen);
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: all.length, getScrollElement: () => box.current, estimateSize: () => 56, overscan: 6, getItemKey: (i) => all[i].id });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last > all.length - 50) more();
  }, [more, last, all.length]);
  const at = all.findIndex((f) => f.id === chosen);
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: "auto" });
  }, [rows, at]);
  if (waiting) return <Waiting />;
  return (
    <div ref={box} className="scroll finding-rows" role="table" aria-label={t("import.findings")} aria-rowcount={all.length} tabIndex={0}>
      <div role="rowgroup" style={{ height: rows.getTotalSize() }}>
        {items.map((item) => {
          const f = all[item.index];
          const p = f.properties;
          return (
            <div key={item.key} ref={rows.measureElement} data-index={item.index} role="row" aria-rowindex={item.index + 1} aria-selected={f.id === chosen} style={{ transform: `translateY(${item.start}px)` }}>
              <span role="cell">{t("import.row", { row: figure(p.row) })}</span>
              <span role="cell">
                <button onClick={() => choose(f)} aria-pressed={f.id === chosen}>{said(p.words)}</button>
                <small>{[p.source, p.field && t("import.inField", { name: p.field }), p.value && `“${p.value}”`].filter(Boolean).join(" · ")}</small>
              </span>
              <span role="cell" className={`done ${p.done}`}>{t(`import.doneOf.${p.done}`)}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function choose(f: FindingFeature): void {
  useImporting.setState({ chosen: f.id });
  if (f.geometry) useMap.getState().view?.fly(f.geometry.coordinates as [number, number], 16);
}
