import type { Field, Report } from "../../api/report";
import { useWords } from "../../i18n";
import { becomes, mapped, plain, type Choice } from "../../lib/importing";
import { figure } from "../../lib/units";
import { useImporting } from "../../state/importing";
import { Note, Text } from "./parts";

const columnName = /^[a-z][a-z0-9_]{0,62}$/;

/** What becomes of each field of the file, with some of its values; and what the target has that no field gives. */
export function FieldTable({ report, choices, free }: { report: Report; choices: Choice[]; free: boolean }) {
  const { t, list } = useWords();
  const wanted = useImporting((i) => i.wanted);
  const taken = new Set((report.fields ?? []).map((f) => becomes(report, wanted, f.source)).filter(Boolean));
  const missing = (report.missing ?? []).filter((m) => !taken.has(m.name));
  const required = missing.filter((m) => m.required);
  const listed = (of: typeof missing) => list(of.map((m) => t("import.withCode", { title: m.title || m.name, name: m.name })));
  return (
    <section>
      <h3>{t("import.mapping")}</h3>
      {required.length > 0 && <Note severity="warning" label={t("import.missingRequired", { count: required.length })}>{listed(required)}</Note>}
      {missing.length > required.length && <details className="skipped"><summary>{t("import.missing", { count: missing.length - required.length })}</summary><p className="quiet">{listed(missing.filter((m) => !m.required))}</p></details>}
      <table className="fields">
        <thead><tr><th scope="col">{t("import.field")}</th><th scope="col">{t("import.becomes")}</th></tr></thead>
        <tbody>{(report.fields ?? []).map((f) => <Row key={f.source} field={f} property={becomes(report, wanted, f.source)} choices={choices} taken={taken} free={free} />)}</tbody>
      </table>
    </section>
  );
}

function Row({ field: f, property, choices, taken, free }: { field: Field; property: string; choices: Choice[]; taken: Set<string>; free: boolean }) {
  const { t, said } = useWords();
  const become = (to: string | undefined) => useImporting.setState((now) => ({ wanted: mapped(now.wanted, f.source, to) }));
  return (
    <tr className={property ? undefined : "left-out"}>
      <th scope="row">
        <span>{f.source}</span>
        <small title={f.sample?.join("\n")}>{f.sample && f.sample.length > 0 ? f.sample.slice(0, 3).map(plain).join(" · ") : t("import.noValues")}</small>
      </th>
      <td>
        {free ? (
          <div className="row-start">
            <input type="checkbox" checked={property !== ""} onChange={(e) => become(e.target.checked ? undefined : "")} aria-label={t("import.takeField", { name: f.source })} />
            {property ? <Text value={property} fits={(v) => columnName.test(v)} maxLength={63} onTake={(v) => become(v || undefined)} aria-label={t("import.propertyOf", { name: f.source })} /> : <span className="quiet">{t("import.leaveOut")}</span>}
          </div>
        ) : (
          <select className="select" value={property} onChange={(e) => become(e.target.value)} aria-label={t("import.propertyOf", { name: f.source })}>
            <option value="">{t("import.leaveOut")}</option>
            {property && !choices.some((c) => c.name === property) && <option value={property}>{property}</option>}
            {choices.map((c) => <Option key={c.name} choice={c} used={c.name !== property && taken.has(c.name)} />)}
          </select>
        )}
        <small>
          {[property && t(`import.type.${f.type}`), f.values > 0 && t("import.distinct", { count: f.distinct > 1000 ? "1000+" : figure(f.distinct) })].filter(Boolean).join(" · ")}
          {f.scheme && <span className="badge">{t("import.codes", { name: f.scheme })}</span>}
        </small>
        {property && f.notes?.map((note, i) => <small key={i} className="remark">{said(note)}</small>)}
      </td>
    </tr>
  );
}

function Option({ choice, used }: { choice: Choice; used: boolean }) {
  const { t, named } = useWords();
  return <option value={choice.name}>{t("import.withCode", { title: named(choice), name: choice.name })}{choice.required ? " *" : ""}{used ? ` ${t("import.usedAlready")}` : ""}</option>;
}
