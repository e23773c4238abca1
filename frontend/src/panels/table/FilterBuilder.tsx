import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Problem } from "../../api/client";
import { countOf } from "../../api/table";
import type { LayerInfo } from "../../api/types";
import { useWords } from "../../i18n";
import { operatorsOf, readCql, writeCql, type Condition, type Simple } from "../../lib/cql";
import { figure } from "../../lib/units";
import { setFilter, useMoment, useReading } from "../../state/reading";
import { Icon } from "../../ui/icons";
import { ConditionRow } from "./ConditionRow";
import { typesOf } from "./narrow";

/**
 * The filter of a layer, built or typed; both are one text in CQL2. Only what the server has understood reaches map and
 * table: until then, the filter before it stands.
 */
export function FilterBuilder({ layer }: { layer: LayerInfo }) {
  const { t } = useWords();
  const applied = useReading((r) => r.filters[layer.name] ?? "");
  const [text, setText] = useState(applied);
  const [simple, setSimple] = useState<Simple | null>(() => withOne(readCql(applied), layer));
  const [known, setKnown] = useState(applied);
  if (known !== applied) { // changed elsewhere: by a bar of the figures, or cleared
    setKnown(applied);
    if (applied !== text.trim()) {
      setText(applied);
      setSimple(withOne(readCql(applied), layer));
    }
  }
  const build = (next: Simple) => {
    setSimple(next);
    setText(writeCql(next, typesOf(layer.name)));
  };
  const type = (typed: string) => {
    setText(typed);
    setSimple(readCql(typed));
  };
  return (
    <section className="filter" aria-label={t("filter.title")}>
      <div className="conditions scroll">
        {!simple ? <p className="quiet">{t("filter.typed")}</p> : simple.conditions.map((condition, i) => (
          <ConditionRow key={i} layer={layer} condition={condition} lead={i === 0 ? null : <Join simple={simple} onChange={build} first={i === 1} />}
            onChange={(next) => build({ ...simple, conditions: simple.conditions.map((c, j) => (j === i ? next : c)) })}
            onRemove={() => build({ ...simple, conditions: simple.conditions.filter((_, j) => j !== i) })} />
        ))}
        {simple && <button className="text-button add" onClick={() => build({ ...simple, conditions: [...simple.conditions, blank(layer)] })}><Icon name="plus" size={14} />{t("filter.add")}</button>}
      </div>
      <div className="cql">
        <label htmlFor="cql">CQL2</label>
        <textarea id="cql" spellCheck={false} value={text} placeholder={t("filter.example")} onChange={(e) => type(e.target.value)} aria-describedby="cql-said" />
        <Verdict layer={layer} text={text.trim()} />
      </div>
    </section>
  );
}

const blank = (layer: LayerInfo): Condition => {
  const first = layer.properties?.find((p) => p.name === layer.style.by) ?? layer.properties?.find((p) => p.role !== "hidden");
  return { property: first?.name ?? "", operator: operatorsOf(first?.type ?? "string", !!first?.scheme)[0], values: [] };
};

/** An empty builder offers a first condition to be filled in. */
const withOne = (simple: Simple | null, layer: LayerInfo): Simple | null => (simple?.conditions.length === 0 ? { ...simple, conditions: [blank(layer)] } : simple);

/** What stands between conditions is the same everywhere; it is chosen at the first. */
function Join({ simple, onChange, first }: { simple: Simple; onChange: (next: Simple) => void; first: boolean }) {
  const { t } = useWords();
  if (!first) return <span>{t(`filter.${simple.join}`)}</span>;
  return (
    <select className="select" aria-label={t("filter.join")} value={simple.join} onChange={(e) => onChange({ ...simple, join: e.target.value as Simple["join"] })}>
      <option value="AND">{t("filter.AND")}</option><option value="OR">{t("filter.OR")}</option>
    </select>
  );
}

/** Asks the server what a text leaves, and hands it on once it has been understood. */
function Verdict({ layer, text }: { layer: LayerInfo; text: string }) {
  const { t, english } = useWords();
  const asOf = useMoment();
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const later = setTimeout(() => setAsked(text), 350);
    return () => clearTimeout(later);
  }, [text]);
  const { data, error, isFetching } = useQuery<number>({
    queryKey: ["rows", layer.name, "count", asked, asOf], enabled: asked !== "", placeholderData: (before) => before,
    queryFn: ({ signal }) => countOf(layer.name, asked, asOf, signal),
  });
  const settled = asked === text && !isFetching;
  const understood = settled && (text === "" || (data !== undefined && !error));
  useEffect(() => {
    if (understood) setFilter(layer.name, text);
  }, [understood, layer.name, text]);
  const wrong = error instanceof Problem ? (english ? error.en : error.zh) || t("error.server") : "";
  return (
    <p id="cql-said" className={`verdict${error && settled ? " wrong" : ""}`} role="status">
      {text === "" ? t("filter.none") : !settled ? t("filter.busy") : error ? <><Icon name="alert" size={14} />{wrong}</> : <><Icon name="check" size={14} />{asOf === null ? t("filter.leaves", { count: figure(data ?? 0), all: figure(layer.count) }) : t("filter.left", { count: figure(data ?? 0) })}</>}
    </p>
  );
}
