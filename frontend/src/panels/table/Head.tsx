import { useMemo } from "react";
import { useWords } from "../../i18n";
import type { Column } from "../../lib/columns";
import { choose, sortBy, useTable } from "../../state/table";
import { Icon } from "../../ui/icons";
import { unitOf } from "../attributes";

/** The heads of the columns: a click sorts, the sign beside opens the figures of the column. */
export function Head({ columns, ids, width }: { columns: Column[]; ids: string[]; width: number }) {
  const { t } = useWords();
  const chosen = useTable((s) => s.chosen);
  const all = useMemo(() => ids.length > 0 && chosen.size >= ids.length && ids.every((id) => chosen.has(id)), [ids, chosen]);
  return (
    <div role="rowgroup" className="grid-head" style={{ width }}>
      <div role="row" aria-rowindex={1}>
        <div role="columnheader" className="lead">
          <input type="checkbox" checked={all} ref={(box) => void (box && (box.indeterminate = !all && chosen.size > 0))} onChange={() => choose(all || chosen.size > 0 ? [] : ids.filter(Boolean))}
            aria-label={t(all || chosen.size > 0 ? "table.unmarkAll" : "table.markAll")} />
          <span>{t("table.row")}</span>
        </div>
        {columns.map((column) => <HeadCell key={column.property.name} column={column} />)}
      </div>
    </div>
  );
}

function HeadCell({ column: { property, width, figures } }: { column: Column }) {
  const { t, named } = useWords();
  const order = useTable((s) => (s.sort === property.name ? "ascending" : s.sort === `-${property.name}` ? "descending" : "none"));
  const open = useTable((s) => s.column === property.name);
  const sortable = property.type !== "object";
  return (
    <div role="columnheader" aria-sort={order} className={figures ? "figures" : undefined} style={{ width }}>
      <button className="sort" disabled={!sortable} onClick={() => sortBy(property.name)} title={`${property.name}${property.description ? ` · ${property.description}` : ""}`}>
        <span>{named(property)}</span>{property.unit && property.unit !== "1" && <small>{unitOf(property.unit)}</small>}
        {order !== "none" && <Icon name={order === "ascending" ? "up" : "down"} size={13} />}
      </button>
      <button className="sum" aria-pressed={open} onClick={() => useTable.setState({ column: open ? null : property.name })} title={t("table.figures")} aria-label={t("table.figuresOf", { name: named(property) })}><Icon name="chart" size={14} /></button>
    </div>
  );
}
