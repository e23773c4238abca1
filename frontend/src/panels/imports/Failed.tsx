import type { Import } from "../../api/report";
import { useWords } from "../../i18n";
import { useImporting, putOnDesk } from "../../state/importing";
import { lookAgain } from "./doing";
import { Kinds } from "./Kinds";
import { Note, Trouble } from "./parts";

/** Nothing could be made of the files: why, and what to do. */
export function Failed({ job }: { job: Import }) {
  const { t, list } = useWords();
  const trouble = useImporting((i) => i.trouble);
  return (
    <div className="scroll import-body" tabIndex={0} role="group" aria-label={t("imports.title")}>
      <h3>{list(job.files.map((f) => f.name))}</h3>
      <Why job={job} />
      <Trouble problem={trouble} />
      <div className="row-end">
        <button className="button" onClick={() => void lookAgain()}>{t("import.lookAgain")}</button>
        <button className="button primary" onClick={() => putOnDesk(null)}>{t("import.others")}</button>
      </div>
      <Kinds />
    </div>
  );
}

/** Why an import came to nothing, in the server's words. */
export function Why({ job }: { job: Import }) {
  const { t, english, said } = useWords();
  if (job.state !== "failed" && job.state !== "cancelled") return null;
  const { error } = job;
  const label = (english ? error?.title : error?.titleZh || error?.title) || t(`import.state.${job.state}`);
  return <div role="alert"><Note severity={job.state === "failed" ? "error" : "warning"} label={label}>{error ? said({ en: error.detail, zh: error.detailZh }) : t("import.nothingWritten")}</Note></div>;
}
