import type { Import } from "../../api/report";
import { useWords } from "../../i18n";
import { share } from "../../lib/importing";
import { figure } from "../../lib/units";
import { useDesk } from "../../state/desk";
import { Icon } from "../../ui/icons";
import { remove } from "./doing";
import { Bar, Sure } from "./parts";

const looking = ["look", "read", "settle"];
const importing = ["look", "read", "settle", "write"];

/** The server at work: which step, how much of it, and the way out. */
export function Working({ job }: { job: Import }) {
  const { t } = useWords();
  const now = job.progress?.step ?? "queue";
  const all = job.state === "importing" ? importing : looking;
  const at = all.indexOf(now === "wait" ? "write" : now);
  const done = share(job.progress);
  return (
    <div className="import-body working">
      <h3>{t(job.state === "importing" ? "import.importing" : "import.looking")}</h3>
      <ul className="file-names">{job.files.map((f) => <li key={f.name}>{f.name}</li>)}</ul>
      <ol className="steps-done">
        {all.map((step, i) => <li key={step} className={i < at ? "past" : i === at ? "now" : ""} aria-current={i === at ? "step" : undefined}><span>{i < at ? <Icon name="check" size={13} /> : i + 1}</span>{t(`import.step.${step}`)}</li>)}
      </ol>
      <Bar done={done} label={t(`import.step.${now}`)} />
      <p className="quiet" role="status">
        {t(`import.step.${now}`)}
        {job.progress && job.progress.done > 0 && now !== "upload" && ` · ${job.progress.total > 0 ? t("import.rowsOf", { done: figure(job.progress.done), total: figure(job.progress.total) }) : t("import.rows", { count: figure(job.progress.done) })}`}
      </p>
      {job.state === "importing" && <p className="quiet">{t("import.whole")}</p>}
      <div className="row-end">
        <button className="button" onClick={() => useDesk.setState({ panel: "layers" })}>{t("import.later")}</button>
        <Sure className="button" label={t("import.cancel")} sure={t("import.cancelSure")} onSure={() => void remove(job.id)} />
      </div>
    </div>
  );
}
