import { useWords } from "../../i18n";
import { bytes, figure } from "../../lib/units";
import type { Sending } from "../../state/importing";
import { cancelUpload } from "./doing";
import { Bar } from "./parts";

/** Files on their way. */
export function Uploading({ sending: { names, sent, total } }: { sending: Sending }) {
  const { t } = useWords();
  const done = total > 0 ? sent / total : null;
  return (
    <div className="import-body working">
      <h3>{t("import.step.upload")}</h3>
      <ul className="file-names">{names.map((name) => <li key={name}>{name}</li>)}</ul>
      <Bar done={done} label={t("import.step.upload")} />
      <p className="quiet">{bytes(sent)} / {bytes(total)}{done !== null && ` · ${figure(done * 100)}%`}</p>
      <div className="row-end"><button className="button" onClick={cancelUpload}>{t("import.cancelUpload")}</button></div>
    </div>
  );
}
