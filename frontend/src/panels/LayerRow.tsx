import { memo, useMemo, useState, type ReactNode } from "react";
import type { LayerInfo } from "../api/types";
import { useWords } from "../i18n";
import { legendOf } from "../lib/style";
import { figure } from "../lib/units";
import { useMap } from "../map/current";
import { useZoom } from "../map/useZoom";
import { useDesk } from "../state/desk";
import { momentOf, useReading } from "../state/reading";
import { Icon } from "../ui/icons";
import { Legend } from "./Legend";
import { Swatch } from "./Swatch";

type Props = { layer: LayerInfo; on: boolean; onShow: (name: string, on: boolean) => void; opacity: (layer: LayerInfo) => ReactNode; more?: (layer: LayerInfo) => ReactNode };

/** One layer of the tree: whether it is shown, how it looks, how many; opened, all one may do with it. */
export const LayerRow = memo(function LayerRow({ layer, on, onShow, opacity, more }: Props) {
  const { t, named } = useWords();
  const [open, setOpen] = useState(false);
  const style = useMap((m) => m.style);
  const legend = useMemo(() => legendOf(style, layer.name), [style, layer.name]);
  const tooFar = useZoom((zoom) => zoom < layer.drawing.minZoom);
  const title = named(layer);
  const filtered = useReading((r) => r.filters[layer.name]);
  const known = useReading(momentOf) === null || !layer.tracked; // how many there were, the catalogue does not know
  const drawn = layer.geometryType !== "" && layer.style.kind !== "none";
  return (
    <li className={`row${open ? " open" : ""}`}>
      <div className="row-head">
        <label>
          <input type="checkbox" checked={on} disabled={!drawn} onChange={(e) => onShow(layer.name, e.target.checked)} aria-label={t("layers.shown", { name: title })} />
          {legend ? <Swatch legend={legend} /> : <span className="swatch" />}
          <span className="row-title" title={title}>{title}</span>
        </label>
        {filtered && <span className="row-filtered" title={filtered}><Icon name="filter" size={13} /></span>}
        <span className="row-count">{on && tooFar ? t("layers.notHere", { zoom: layer.drawing.minZoom }) : known && figure(layer.count)}</span>
        <button className="row-open" aria-expanded={open} aria-label={t("layers.more", { name: title })} onClick={() => setOpen(!open)}><Icon name="chevron" size={14} /></button>
      </div>
      {open && (
        <div className="row-more">
          {drawn && (
            <div className="row-tools">
              <span className="quiet">{t("layers.opacity")}</span>
              {opacity(layer)}
              <Percent name={layer.name} />
              <button className="icon-button" title={t("layers.zoom")} aria-label={t("layers.zoom")} disabled={!layer.bounds} onClick={() => layer.bounds && useMap.getState().view?.fit(layer.bounds)}><Icon name="zoom" size={16} /></button>
            </div>
          )}
          {more?.(layer)}
          {drawn && on && <Legend layer={layer} />}
          <Source layer={layer} />
        </div>
      )}
    </li>
  );
});

function Percent({ name }: { name: string }) {
  const percent = useDesk((d) => d.opacity[name] ?? 100);
  return <span className="percent">{percent}%</span>;
}

/** Whose data it is, by which standard, how old. */
function Source({ layer }: { layer: LayerInfo }) {
  const { t } = useWords();
  const said = [layer.owner, layer.standard].filter(Boolean).join(" · ");
  return (
    <p className="source">
      {layer.synthetic && <span className="sample">{t("layers.synthetic")}</span>}
      {said || t("layers.noMeta")}
    </p>
  );
}
