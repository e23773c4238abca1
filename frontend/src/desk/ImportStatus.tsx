import { useWords } from "../i18n";
import { runs, share } from "../lib/importing";
import { figure } from "../lib/units";
import { useDesk } from "../state/desk";
import { useImporting } from "../state/importing";
import { Icon } from "../ui/icons";

/** How far the import on the desk is, for when its panel is closed; a click brings it back. */
export function ImportStatus() {
  const { t } = useWords();
  const open = useDesk((d) => d.panel === "imports");
  const sending = useImporting((i) => i.sending);
  const job = useImporting((i) => i.job);
  if (!sending && !job) return null;
  const busy = !!sending || runs(job?.state);
  if (open && !busy) return null;
  const done = sending ? (sending.total > 0 ? sending.sent / sending.total : null) : share(job!.progress);
  const name = sending?.names[0] ?? job!.files[0]?.name ?? "";
  const word = sending ? t("import.step.upload") : job!.progress ? t(`import.step.${job!.progress.step}`) : t(`import.state.${job!.state}`);
  return (
    <button className={`import-status ${job?.state ?? ""}`} onClick={() => useDesk.setState({ panel: "imports" })} title={t("import.bringBack")}>
      <Icon name="imports" size={14} /><span className="import-name">{name}</span>{word}
      {busy && <i className={`thin-bar${done === null ? " unknown" : ""}`}><i style={{ width: `${(done ?? 0) * 100}%` }} /></i>}
      {busy && done !== null && <b>{figure(done * 100)}%</b>}
    </button>
  );
}
