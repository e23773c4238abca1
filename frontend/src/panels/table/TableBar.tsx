import { lazy, Suspense, useState } from "react";
import type { Rows } from "../../api/table";
import { useCatalogue } from "../../api/queries";
import type { LayerInfo } from "../../api/types";
import { useWords } from "../../i18n";
import { figure } from "../../lib/units";
import { setFilter, useReading } from "../../state/reading";
import { choose, closeTable, openFilter, openTable, useTable, type Only } from "../../state/table";
import { Icon } from "../../ui/icons";


const Export = lazy(() => import("./Export"));
const parts: Only[] = ["all", "view", "chosen"];

/** Whose table it is, how many rows, which of them, and what can be done with them. */
export function TableBar({ layer, asked, count, busy }: { layer: LayerInfo; asked: Rows; count: number | null; busy: boolean }) {
  const { t } = useWords();
  const [exporting, setExporting] = useState(false);
  const only = useTable((s) => s.only);
  const chosen = useTable((s) => s.chosen.size);
  const filtering = useTable((s) => s.filtering);
  const filter = useReading((r) => r.filters[layer.name]);
  return (
    <header className="table-bar">
      <Icon name="table" size={17} />
      <WhichLayer layer={layer} />
      <p className="table-count" role="status" aria-busy={busy}>
        {count === null ? t("table.counting") : <><b>{figure(count)}</b>{asked.asOf === null && count < layer.count && <span> / {figure(layer.count)}</span>} {t("table.rows")}</>}
        {chosen > 0 && <> · <b>{figure(chosen)}</b> {t("table.marked")} <button className="text-button" onClick={() => choose([])}>{t("table.unmarkAll")}</button></>}
      </p>
      <fieldset className="parts">
        <legend className="unseen">{t("table.only")}</legend>
        {parts.map((part) => <label key={part}><input type="radio" name="only" checked={only === part} onChange={() => useTable.setState({ only: part })} /><span>{t(`table.part.${part}`)}</span></label>)}
      </fieldset>
      <button className={`tool${filter ? " filtered" : ""}`} aria-expanded={filtering} onClick={() => (filtering ? useTable.setState({ filtering: false }) : openFilter())}><Icon name="filter" size={16} />{t("filter.title")}</button>
      {filter && <button className="icon-button" onClick={() => setFilter(layer.name, "")} title={t("filter.clear")} aria-label={t("filter.clear")}><Icon name="close" size={13} /></button>}
      <button className="tool" aria-expanded={exporting} disabled={!count} onClick={() => setExporting(!exporting)}><Icon name="save" size={16} />{t("export.title")}</button>
      <button className="icon-button" onClick={closeTable} title={t("settings.close")} aria-label={t("table.close")}><Icon name="close" size={15} /></button>
      {exporting && <Suspense fallback={null}><Export layer={layer} asked={asked} count={count ?? 0} onClose={() => setExporting(false)} /></Suspense>}
    </header>
  );
}

/** Any layer's table may be opened in the place of this one. */
function WhichLayer({ layer }: { layer: LayerInfo }) {
  const { t, named } = useWords();
  const { data } = useCatalogue();
  const layers = data?.layers ?? [layer];
  const title = (name: string) => data?.themes.find((theme) => theme.code === name);
  const themes = [...new Set(layers.map((l) => l.theme))];
  return (
    <select className="select which" aria-label={t("table.layer")} value={layer.name} onChange={(e) => openTable(e.target.value)}>
      {themes.map((theme) => <optgroup key={theme} label={named(title(theme) ?? { name: theme })}>{layers.filter((l) => l.theme === theme).map((l) => <option key={l.name} value={l.name}>{named(l)}</option>)}</optgroup>)}
    </select>
  );
}
