import { Select } from "antd";
import type { ReactNode } from "react";
import { useCodes } from "../../api/queries";
import type { LayerInfo, Property } from "../../api/types";
import { useWords } from "../../i18n";
import { operatorsOf, type Condition, type Operator } from "../../lib/cql";
import { Icon } from "../../ui/icons";

type Props = { layer: LayerInfo; condition: Condition; lead: ReactNode; onChange: (next: Condition) => void; onRemove: () => void };

/** One condition: a property, what is asked of it, and the value. */
export function ConditionRow({ layer, condition, lead, onChange, onRemove }: Props) {
  const { t, named } = useWords();
  const properties = (layer.properties ?? []).filter((p) => p.role !== "hidden");
  const property = properties.find((p) => p.name === condition.property);
  const offered = operatorsOf(property?.type ?? "string", !!property?.scheme);
  const operators = offered.includes(condition.operator) ? offered : [...offered, condition.operator];
  const change = (name: string) => {
    const next = properties.find((p) => p.name === name);
    onChange({ property: name, operator: operatorsOf(next?.type ?? "string", !!next?.scheme)[0], values: [] });
  };
  return (
    <div className="condition" role="group" aria-label={t("filter.condition", { name: property ? named(property) : condition.property })}>
      <span className="joined">{lead}</span>
      <select className="select" aria-label={t("filter.property")} value={condition.property} onChange={(e) => change(e.target.value)}>
        {!property && <option value={condition.property}>{condition.property}</option>}
        {properties.map((p) => <option key={p.name} value={p.name}>{named(p)}</option>)}
      </select>
      <select className="select operator" aria-label={t("filter.operator")} value={condition.operator} onChange={(e) => onChange({ ...condition, operator: e.target.value as Operator })}>
        {operators.map((o) => <option key={o} value={o}>{t(`filter.is.${o}`)}</option>)}
      </select>
      <span className="condition-value"><Values property={property} condition={condition} onChange={(values) => onChange({ ...condition, values })} /></span>
      <button className="icon-button" onClick={onRemove} aria-label={t("filter.remove")} title={t("filter.remove")}><Icon name="close" size={13} /></button>
    </div>
  );
}

function Values({ property, condition: { operator, values }, onChange }: { property: Property | undefined; condition: Condition; onChange: (values: string[]) => void }) {
  const { t } = useWords();
  if (operator === "empty" || operator === "filled") return null;
  if (operator === "oneOf") return <Several property={property} values={values} onChange={onChange} />;
  if (property?.scheme || property?.type === "boolean") return <One property={property} value={values[0] ?? ""} onChange={(v) => onChange([v])} />;
  if (operator !== "between") return <Value property={property} value={values[0] ?? ""} label={t("filter.value")} onChange={(v) => onChange([v])} />;
  return (
    <>
      <Value property={property} value={values[0] ?? ""} label={t("filter.from")} onChange={(v) => onChange([v, values[1] ?? ""])} />
      <span className="to">–</span>
      <Value property={property} value={values[1] ?? ""} label={t("filter.to")} onChange={(v) => onChange([values[0] ?? "", v])} />
    </>
  );
}

const kinds: Partial<Record<Property["type"], string>> = { date: "date", "date-time": "datetime-local" };

function Value({ property, value, label, onChange }: { property: Property | undefined; value: string; label: string; onChange: (value: string) => void }) {
  const type = property?.type ?? "string";
  const isNumber = type === "number" || type === "integer";
  return <input className="input" type={kinds[type] ?? "text"} inputMode={isNumber ? "decimal" : undefined} aria-label={label} placeholder={kinds[type] ? undefined : label} spellCheck={false} autoComplete="off" step={type === "date-time" ? 1 : undefined}
    value={type === "date-time" ? local(value) : value} onChange={(e) => onChange(e.target.value)} />;
}

/** A moment as the browser's field wants it: of the reader's zone, without saying so. */
function local(value: string): string {
  const when = new Date(value);
  if (!/Z|[+-]\d\d:\d\d$/.test(value) || Number.isNaN(when.getTime())) return value;
  return new Date(when.getTime() - when.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function useOptions(property: Property | undefined) {
  const { t, named } = useWords();
  const codes = useCodes(property?.scheme);
  if (property?.type === "boolean") return [{ value: "true", label: t("value.yes") }, { value: "false", label: t("value.no") }];
  return codes.map((c) => ({ value: c.code, label: c.code === named(c) ? c.code : `${named(c)} ${c.code}` }));
}

function One({ property, value, onChange }: { property: Property; value: string; onChange: (value: string) => void }) {
  const { t } = useWords();
  return <Select className="pick" showSearch={{ optionFilterProp: "label" }} aria-label={t("filter.value")} placeholder={t("filter.value")} value={value || undefined} options={useOptions(property)} onChange={onChange} popupMatchSelectWidth={240} />;
}

/** Several of a code list, or of whatever is typed. */
function Several({ property, values, onChange }: { property: Property | undefined; values: string[]; onChange: (values: string[]) => void }) {
  const { t } = useWords();
  return <Select className="pick" mode={property?.scheme ? "multiple" : "tags"} maxTagCount="responsive" maxTagTextLength={12} tokenSeparators={[",", "，", " "]} aria-label={t("filter.value")} placeholder={t(property?.scheme ? "filter.values" : "filter.typeValues")}
    showSearch={{ optionFilterProp: "label" }} value={values} options={useOptions(property)} onChange={onChange} popupMatchSelectWidth={240} />;
}
