import type { Import, Invalid, Report } from "../../api/report";
import { useWords } from "../../i18n";
import { figure } from "../../lib/units";
import { helps, likeStandard } from "../../lib/importing";
import { standards } from "../../lib/standards";
import { useImporting, want } from "../../state/importing";
import { FixBox } from "./CrsChoice";
import { Findings } from "./Findings";
import { Choices, Note } from "./parts";

const counts = ["taken", "rejected", "repaired", "empty", "duplicate"] as const;

/** What is wrong, the worst first, each with what decides it; and every finding at its place. */
export function CheckStep({ job, report }: { job: Import; report: Report }) {
  const { t } = useWords();
  const invalid = useImporting((i) => i.wanted.invalid ?? "repair");
  return (
    <>
      <dl className="counts">{counts.map((name) => <div key={name} className={report.rows[name] > 0 ? name : "zero"}><dt>{t(`import.count.${name}`)}</dt><dd>{figure(report.rows[name])}</dd></div>)}</dl>
      <Doubts report={report} />
      {report.geometryType !== "" && (
        <section>
          <h3>{t("import.invalid")}</h3>
          <Choices<Invalid> label={t("import.invalid")} value={invalid} onChoose={(to) => want({ invalid: to })}
            options={(["repair", "reject", "keep"] as const).map((value) => ({ value, label: t(`import.invalidOf.${value}`) }))} />
          <p className="quiet">{t(`import.invalidHint.${invalid}`)}</p>
        </section>
      )}
      <Findings job={job} report={report} />
    </>
  );
}

const weight = { error: 0, warning: 1, info: 2 };

function Doubts({ report }: { report: Report }) {
  const { t, said } = useWords();
  const doubts = [...(report.doubts ?? [])].sort((a, b) => Number(b.blocking) - Number(a.blocking) || weight[a.severity] - weight[b.severity]);
  if (doubts.length === 0) return null;
  const fix = report.crs.fix;
  return (
    <section>
      <h3>{t("import.doubts")}</h3>
      {doubts.map((d, i) => d.rule === "crs.fix" && fix && !fix.applied
        ? <FixBox key={i} crs={report.crs} fix={fix} />
        : <Note key={i} severity={d.blocking ? "error" : d.severity} label={d.blocking ? t("import.mustDecide") : undefined}
            action={d.rule === "standard.like" ? <Like report={report} /> : d.blocking && helps(d.rule) !== "check" && <button className="text-button" onClick={() => useImporting.setState({ step: helps(d.rule) })}>{t(`import.helps.${helps(d.rule)}`)}</button>}>{said(d.words)}</Note>)}
    </section>
  );
}

/** Takes the proposal to map to a standard's table. */
function Like({ report }: { report: Report }) {
  const { t, named } = useWords();
  const like = standards.find((s) => s.name === likeStandard(report));
  if (!like || useImporting.getState().wanted.standard === like.name) return null;
  const take = () => {
    want({ mode: undefined, key: undefined, map: undefined, standard: like.name, layer: like.name, title: like.title, titleEn: like.titleEn, theme: like.theme });
    useImporting.setState({ step: "target" });
  };
  return <button className="text-button" onClick={take}>{t("import.byStandard", { name: named(like) })}</button>;
}
