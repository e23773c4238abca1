import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { useSchemes } from "../../api/queries";
import type { LayerInfo } from "../../api/types";
import { useWords } from "../../i18n";
import { span, type Column } from "../../lib/columns";
import { select, useDesk } from "../../state/desk";
import { choose, toggle, useTable } from "../../state/table";
import { Head } from "./Head";
import { Row } from "./Row";
import { useBlocks } from "./useRows";
import { rowHeight, useWindow } from "./useWindow";
import { zoomTo } from "./zoomTo";

const leadWidth = 92;

/** The rows, however many: those in view are drawn, and fetched in blocks. Arrows move, Space marks, Enter goes there. */
export function Grid({ layer, columns, ids }: { layer: LayerInfo; columns: Column[]; ids: string[] }) {
  const { t, named } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const chosen = useTable((s) => s.chosen);
  const selected = useDesk((d) => (d.selected?.layer === layer.name ? d.selected.id : null));
  const [current, setCurrent] = useState(0);
  const { first, last, reveal } = useWindow(box, ids.length);
  const features = useBlocks(layer.name, ids, first, last);
  const schemes = useSchemes(useMemo(() => [...new Set(columns.flatMap((c) => c.property.scheme ?? []))], [columns]));
  const at = Math.min(current, ids.length - 1);

  // What was selected on the map comes into view here.
  const place = useMemo(() => (selected === null ? -1 : ids.indexOf(selected)), [selected, ids]);
  const [followed, follow] = useState(place);
  if (followed !== place) {
    follow(place);
    if (place >= 0) setCurrent(place);
  }
  useEffect(() => {
    if (place >= 0) reveal(place);
  }, [reveal, place]);

  const go = (to: number) => {
    const next = Math.max(0, Math.min(ids.length - 1, to));
    setCurrent(next);
    reveal(next);
    return next;
  };
  const pick = (index: number) => {
    setCurrent(index);
    select({ layer: layer.name, id: ids[index] }, []);
  };
  const zoom = (index: number) => {
    pick(index);
    void zoomTo(layer.name, ids[index]);
  };
  /** A click on a row, or on what stands at its beginning: its mark, and the way to its place. */
  const click = (event: MouseEvent) => {
    const target = event.target as Element;
    const index = Number(target.closest<HTMLElement>("[role=row]")?.dataset.index);
    if (Number.isNaN(index) || !ids[index]) return; // it is not known yet which row that is
    if (target.closest(".lead")) return void (target.closest("button") && zoom(index));
    if (event.shiftKey) choose([...chosen, ...span(ids, at, index).filter(Boolean)]);
    else if (event.ctrlKey || event.metaKey) toggle(ids[index]);
    else return pick(index);
    setCurrent(index);
  };
  const press = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || ids.length === 0) return;
    const page = Math.max(1, Math.floor((box.current!.clientHeight - 34) / rowHeight) - 1);
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -ids.length, End: ids.length }[event.key];
    if (move !== undefined) {
      const next = go(at + move);
      if (event.shiftKey) choose([...chosen, ...span(ids, at, next).filter(Boolean)]);
    } else if (!ids[at]) return;
    else if (event.key === " ") toggle(ids[at]);
    else if (event.key === "Enter") zoom(at);
    else return;
    event.preventDefault();
  };

  const width = leadWidth + columns.reduce((sum, c) => sum + c.width, 0);
  return (
    <div ref={box} className="scroll grid" role="grid" tabIndex={0} aria-label={t("table.of", { name: named(layer) })} aria-rowcount={ids.length + 1} aria-colcount={columns.length + 1}
      aria-multiselectable="true" aria-activedescendant={ids[at] ? `row-${ids[at]}` : undefined} onKeyDown={press}>
      <Head columns={columns} ids={ids} width={width} />
      <div role="rowgroup" className="grid-rows" style={{ height: ids.length * rowHeight, width }} onClick={click} onDoubleClick={(event) => !(event.target as Element).closest(".lead") && zoom(at)}>
        {ids.slice(first, last + 1).map((id, i) => (
          <Row key={id || first + i} index={first + i} top={(first + i) * rowHeight} id={id} columns={columns} schemes={schemes} feature={features.get(id)} chosen={chosen.has(id)} selected={id === selected} current={first + i === at} />
        ))}
      </div>
    </div>
  );
}
