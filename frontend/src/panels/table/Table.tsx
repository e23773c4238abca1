import { useMemo, useRef, type KeyboardEvent, type PointerEvent } from "react";
import { Problem } from "../../api/client";
import { useLayers } from "../../api/queries";
import type { LayerInfo } from "../../api/types";
import { useWords } from "../../i18n";
import "../../i18n/reading";
import { columnsOf } from "../../lib/columns";
import { useOverlay } from "../../map/useOverlay";
import { setDrawer, useTable } from "../../state/table";
import { Figures } from "./Figures";
import { FilterBuilder } from "./FilterBuilder";
import { Grid } from "./Grid";
import { TableBar } from "./TableBar";
import { useAsked, useChosen, useIndex } from "./useRows";
import "./table.css";

/** The attribute table of a layer: a drawer below the map, linked with it both ways. */
export default function Table({ name }: { name: string }) {
  const layer = useLayers().get(name);
  return (
    <>
      <Handle />
      {layer && <Open key={name} layer={layer} />}
    </>
  );
}

function Open({ layer }: { layer: LayerInfo }) {
  const { t, english } = useWords();
  const asked = useAsked(layer.name);
  const { ids, known, error, isFetching, refetch } = useIndex(asked);
  const filtering = useTable((s) => s.filtering);
  const column = useTable((s) => s.column);
  const only = useTable((s) => s.only);
  const columns = useMemo(() => columnsOf(layer, (p) => (english ? p.titleEn : "") || p.title), [layer, english]);
  useOverlay("chosen", useChosen(layer.name));
  const property = columns.find((c) => c.property.name === column)?.property;
  const said = error instanceof Problem ? (english ? error.en : error.zh) : "";
  return (
    <>
      <TableBar layer={layer} asked={asked} count={known ? ids.length : null} busy={isFetching} />
      {filtering && <FilterBuilder layer={layer} />}
      <div className="table-body">
        {error && !known ? <div className="empty" role="alert"><p>{t("table.failed")}{english ? ". " : "。"}{said || t("error.server")}</p><button className="button" onClick={() => void refetch()}>{t("error.retry")}</button></div>
          : known && ids.length === 0 ? <p className="empty">{t(`table.nothing.${only}`)}</p>
            : <Grid layer={layer} columns={columns} ids={ids} />}
        {property && <Figures key={property.name} layer={layer} asked={asked} property={property} />}
      </div>
    </>
  );
}

/** The upper edge of the drawer, to be dragged or moved by arrows. */
function Handle() {
  const { t } = useWords();
  const drawer = useTable((s) => s.drawer);
  const from = useRef<{ y: number; height: number } | null>(null);
  const down = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { y: event.clientY, height: drawer };
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowUp: 40, ArrowDown: -40, Home: 2000, End: -2000 }[event.key];
    if (!step) return;
    event.preventDefault();
    setDrawer(drawer + step);
  };
  return (
    <div className="drawer-handle" role="separator" aria-orientation="horizontal" aria-label={t("table.height")} aria-valuenow={drawer} aria-valuemin={180} aria-valuemax={Math.round(innerHeight * 0.75)} tabIndex={0}
      onPointerDown={down} onPointerMove={({ clientY }) => from.current && setDrawer(from.current.height + from.current.y - clientY)} onPointerUp={() => (from.current = null)} onKeyDown={press}><i /></div>
  );
}
