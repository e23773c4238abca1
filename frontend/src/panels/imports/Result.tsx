import type { Import } from "../../api/report";
import { useLayers } from "../../api/queries";
import { useWords } from "../../i18n";
import { figure } from "../../lib/units";
import { putOnDesk } from "../../state/importing";
import { Icon } from "../../ui/icons";
import { showLayer } from "./doing";
import { Findings } from "./Findings";

const counts = ["inserted", "updated", "unchanged", "removed", "rejected", "repaired", "empty", "duplicate"] as const;

/** What was written, and the way to see it. */
export function Result({ job }: { job: Import }) {
  const { t, named, list } = useWords();
  const layer = useLayers().get(job.layer ?? "");
  const report = job.result ?? job.report;
  if (!report) return null;
  const shown = counts.filter((name) => report.rows[name] > 0);
  return (
    <>
      <div className="scroll import-body" tabIndex={0} role="group" aria-label={t("import.state.done")}>
        <div className="done-head" role="status">
          <span className="done-sign"><Icon name="check" size={20} /></span>
          <div>
            <h3>{t("import.doneWords", { layer: layer ? named(layer) : (job.layer ?? ""), count: figure(report.rows.taken) })}</h3>
            <p className="quiet">{list(job.files.map((f) => f.name))} · {t(`import.modeOf.${report.mode || "create"}`)} · {t("import.seconds", { count: figure(report.seconds, report.seconds < 10 ? 1 : 0) })}</p>
          </div>
        </div>
        <dl className="counts">{shown.map((name) => <div key={name} className={name}><dt>{t(`import.count.${name}`)}</dt><dd>{figure(report.rows[name])}</dd></div>)}</dl>
        <Findings job={job} report={report} />
      </div>
      <footer className="import-foot">
        <div />
        <button className="button" onClick={() => putOnDesk(null)}>{t("import.another")}</button>
        <button className="button primary" onClick={() => job.layer && void showLayer(job.layer, report.bounds)}><Icon name="zoom" size={16} />{t("import.show")}</button>
      </footer>
    </>
  );
}
