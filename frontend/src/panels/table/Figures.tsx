import { useQuery } from "@tanstack/react-query";
import { Problem } from "../../api/client";
import { statistics, type Rows, type Statistics } from "../../api/table";
import type { LayerInfo, Property } from "../../api/types";
import { useWords } from "../../i18n";
import type { Condition } from "../../lib/cql";
import { sayMoment } from "../../lib/moment";
import { figure } from "../../lib/units";
import { useTable } from "../../state/table";
import { Icon } from "../../ui/icons";
import { numberOf, unitOf } from "../attributes";
import { narrow } from "./narrow";

/** The figures of a column over the rows of the table: counts, extremes, how the values lie. A bar narrows the table to itself. */
export function Figures({ layer, asked, property }: { layer: LayerInfo; asked: Rows; property: Property }) {
  const { t, named, english } = useWords();
  const { data, error } = useQuery<Statistics>({
    queryKey: ["rows", layer.name, "statistics", property.name, asked.filter, asked.bounds, asked.asOf], placeholderData: (before) => before,
    queryFn: ({ signal }) => statistics(asked, property.name, signal),
  });
  return (
    <section className="figures-of scroll" tabIndex={0} aria-label={t("table.figuresOf", { name: named(property) })}>
      <h3>{named(property)}{property.unit && property.unit !== "1" && <small>{unitOf(property.unit)}</small>}
        <button className="icon-button" onClick={() => useTable.setState({ column: null })} aria-label={t("table.closeFigures")}><Icon name="close" size={13} /></button>
      </h3>
      {error && !data && <p className="quiet" role="alert">{(error instanceof Problem && (english ? error.en : error.zh)) || t("error.server")}</p>}
      {!data && !error && Array.from({ length: 5 }, (_, i) => <div key={i} className="waiting" />)}
      {data && (
        <>
          <Facts data={data} property={property} />
          {data.histogram && data.histogram.length > 0 ? <Histogram layer={layer.name} data={data} property={property} /> : <Top layer={layer.name} data={data} property={property} />}
        </>
      )}
    </section>
  );
}

function Facts({ data, property }: { data: Statistics; property: Property }) {
  const { t } = useWords();
  const rounded = (v: number | string | undefined) => (typeof v === "number" ? numberOf(+v.toPrecision(9), property) : v);
  const mean = data.mean === undefined ? undefined : figure(data.mean, Math.abs(data.mean) < 100 ? 2 : 1);
  const said: [string, string | undefined][] = [
    ["values", figure(data.count - data.nulls)], ["nulls", figure(data.nulls)], ["distinct", figure(data.distinct)],
    ["min", rounded(data.min)], ["max", rounded(data.max)], ["mean", mean], ["sum", data.sum === undefined ? undefined : figure(data.sum, Math.abs(data.sum) < 1e6 ? 2 : 0)],
  ];
  return <dl>{said.filter(([, v]) => v !== undefined && v !== null).map(([name, v]) => <div key={name}><dt>{t(`figures.${name}`)}</dt><dd>{v}</dd></div>)}</dl>;
}

function Histogram({ layer, data, property }: { layer: string; data: Statistics; property: Property }) {
  const { t } = useWords();
  const bins = data.histogram!;
  const most = Math.max(...bins.map((b) => b.count), 1);
  const say = (v: number | string) => (typeof v === "number" ? numberOf(+v.toPrecision(4), property) : property.type === "date-time" ? sayMoment(v) : v);
  return (
    <>
      <div className="histogram" role="group" aria-label={t("figures.histogram")}>
        {bins.map((bin, i) => {
          const label = t("figures.bin", { from: say(bin.from), to: say(bin.to), count: figure(bin.count) });
          const condition: Condition = { property: property.name, operator: "between", values: [String(bin.from), String(bin.to)] };
          return <button key={i} title={label} aria-label={label} disabled={bin.count === 0} onClick={() => narrow(layer, condition)}><i style={{ height: `${Math.max(bin.count > 0 ? 3 : 0, (100 * bin.count) / most)}%` }} /></button>;
        })}
      </div>
      <p className="axis"><span>{say(bins[0].from)}</span><span>{say(bins[bins.length - 1].to)}</span></p>
    </>
  );
}

function Top({ layer, data, property }: { layer: string; data: Statistics; property: Property }) {
  const { t, named } = useWords();
  const top = data.values ?? [];
  const most = Math.max(...top.map((v) => v.count), 1);
  return (
    <ul className="top-values" aria-label={t("figures.top")}>
      {top.map(({ value, count, ...code }) => {
        const condition: Condition = value === null ? { property: property.name, operator: "empty", values: [] } : { property: property.name, operator: "is", values: [String(value)] };
        return (
          <li key={String(value)}>
            <button onClick={() => narrow(layer, condition)} title={t("figures.narrow")}>
              <span className="top-name">{value === null ? t("figures.nulls") : named(code) || String(value)}{code.name && code.name !== String(value) && <span className="beside">{String(value)}</span>}</span>
              <span>{figure(count)}</span>
              <i style={{ width: `${(100 * count) / most}%` }} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
