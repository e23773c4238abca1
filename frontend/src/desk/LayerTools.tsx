import { lazy, Suspense, useState } from "react";
import type { LayerInfo } from "../api/types";
import { useWords } from "../i18n";
import { openTable } from "../state/table";
import { SwipeChip } from "../panels/beside/SwipeChip";
import { Icon } from "../ui/icons";

const UseLayer = lazy(() => import("../panels/use/UseLayer"));

/** What the desk can do with a layer of the tree beyond showing it. */
export function LayerTools({ layer }: { layer: LayerInfo }) {
  const { t, named } = useWords();
  const [using, setUsing] = useState(false);
  return (
    <div className="row-buttons">
      <button className="chip" onClick={() => openTable(layer.name)} aria-label={t("layers.tableOf", { name: named(layer) })}><Icon name="table" size={14} />{t("tool.table")}</button>
      <SwipeChip layer={layer} />
      {layer.geometryType && <button className="chip" onClick={() => setUsing(true)}><Icon name="code" size={14} />{t("layers.use")}</button>}
      {using && <Suspense fallback={null}><UseLayer layer={layer} onClose={() => setUsing(false)} /></Suspense>}
    </div>
  );
}
