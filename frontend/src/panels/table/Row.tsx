import { memo } from "react";
import type { Feature } from "../../api/types";
import { useWords } from "../../i18n";
import type { Column } from "../../lib/columns";
import { figure } from "../../lib/units";
import { toggle } from "../../state/table";
import { Icon } from "../../ui/icons";
import { cell, type Schemes } from "../attributes";

type Props = {
  index: number; top: number; id: string; columns: Column[]; schemes: Schemes; feature: Feature | undefined; chosen: boolean; selected: boolean; current: boolean;
};

/** One row. What it holds may still be on its way. It is drawn again only when that changes: the table tells whose a click is. */
export const Row = memo(function Row({ index, top, id, columns, schemes, feature, chosen, selected, current }: Props) {
  const words = useWords();
  const { t } = words;
  const number = figure(index + 1);
  return (
    <div role="row" id={id ? `row-${id}` : undefined} data-index={index} aria-rowindex={index + 2} aria-selected={selected || chosen} className={`${selected ? "selected " : ""}${chosen ? "chosen " : ""}${current ? "current" : ""}`} style={{ transform: `translateY(${top}px)` }}>
      <div role="gridcell" className="lead">
        <input type="checkbox" tabIndex={-1} checked={chosen} onChange={() => id && toggle(id)} aria-label={t("table.mark", { row: number })} />
        <span>{number}</span>
        <button className="icon-button" tabIndex={-1} title={t("feature.zoom")} aria-label={t("table.zoomTo", { row: number })}><Icon name="zoom" size={14} /></button>
      </div>
      {columns.map(({ property, width, figures }) => {
        const said = feature && cell(property, feature.properties?.[property.name], schemes, words);
        return <div key={property.name} role="gridcell" className={figures ? "figures" : undefined} style={{ width }} title={said?.value}>{said ? <>{said.value}{said.beside && <span className="beside">{said.beside}</span>}</> : <i className="coming" />}</div>;
      })}
    </div>
  );
});
