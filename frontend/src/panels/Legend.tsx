import { useMemo } from "react";
import { useCodes } from "../api/queries";
import type { LayerInfo } from "../api/types";
import { useWords } from "../i18n";
import { legendOf } from "../lib/style";
import { useMap } from "../map/current";
import { useZoom } from "../map/useZoom";
import { Swatch } from "./Swatch";
import { useInView } from "./useInView";

/** The legend of a layer, or from where on it is drawn. */
export function ZoomLegend({ layer }: { layer: LayerInfo }) {
  const { t } = useWords();
  const tooFar = useZoom((zoom) => zoom < layer.drawing.minZoom);
  return tooFar ? <p className="quiet">{t("layers.notHere", { zoom: layer.drawing.minZoom })}</p> : <Legend layer={layer} />;
}

/** The classes of one layer that are in view, as the style draws them and the code list names them. */
export function Legend({ layer }: { layer: LayerInfo }) {
  const { t, named } = useWords();
  const style = useMap((m) => m.style);
  const legend = useMemo(() => legendOf(style, layer.name), [style, layer.name]);
  const property = layer.properties?.find((p) => p.name === layer.style.by) ?? layer.properties?.find((p) => p.scheme === "road_class");
  const codes = useCodes(property?.scheme);
  const coded = legend?.samples.filter((s) => s.code !== null) ?? [];
  const inView = useInView(layer.name, coded.length > 0 ? property?.name : undefined);
  if (!legend) return null;
  if (coded.length === 0) return <ul className="legend one"><li><Swatch legend={legend} />{named(layer)}</li></ul>;
  const names = new Map(codes.map((c) => [c.code, c]));
  const rank = new Map(codes.map((c, i) => [c.code, i]));
  const shown = coded.filter((s) => inView?.has(s.code!)).sort((a, b) => (rank.get(a.code!) ?? 0) - (rank.get(b.code!) ?? 0));
  if (inView && shown.length === 0) return <p className="quiet">{t("legend.nothing")}</p>;
  return (
    <ul className="legend">
      {shown.map((s) => <li key={s.code}><Swatch legend={legend} sample={s} /><span>{names.has(s.code!) ? named(names.get(s.code!)!) : s.code}</span></li>)}
    </ul>
  );
}
