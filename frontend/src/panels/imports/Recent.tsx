import type { ImportSummary } from "../../api/report";
import { useLayers } from "../../api/queries";
import { useWords } from "../../i18n";
import { runs, share } from "../../lib/importing";
import { figure } from "../../lib/units";
import { Icon, type IconName } from "../../ui/icons";
import { openImport, remove } from "./doing";
import { Sure } from "./parts";

const signs: Record<ImportSummary["state"], IconName> = {
  uploading: "clock", looking: "clock", importing: "clock", ready: "alert", done: "check", failed: "stop", cancelled: "stop",
};

/** Earlier imports, to be taken up again or removed. */
export function Recent({ imports }: { imports: ImportSummary[] }) {
  const { t } = useWords();
  return (
    <>
      <h3>{t("import.recent")}</h3>
      <ul className="recent">{imports.map((one) => <Row key={one.id} one={one} />)}</ul>
    </>
  );
}

function Row({ one }: { one: ImportSummary }) {
  const { t, named, list, english } = useWords();
  const layer = useLayers().get(one.layer ?? "");
  const name = list(one.files.map((f) => f.name)) || t("import.noName");
  const done = share(one.progress);
  const word = runs(one.state) && one.progress ? t(`import.step.${one.progress.step}`) : t(`import.state.${one.state}`);
  const when = new Date(one.created).toLocaleString(english ? "en-GB" : "zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
  return (
    <li>
      <button className="recent-open" onClick={() => openImport(one.id)}>
        <span className={`sign ${one.state}`}><Icon name={signs[one.state]} size={15} /></span>
        <span className="recent-name" title={name}>{name}</span>
        <span className="quiet">{[word + (runs(one.state) && done !== null ? ` ${figure(done * 100)}%` : ""), one.layer && (layer ? named(layer) : one.layer), when].filter(Boolean).join(" · ")}</span>
      </button>
      <Sure className="icon-button" icon={<Icon name="bin" size={15} />} label={t("import.remove", { name })} sure={t(runs(one.state) ? "import.removeRunning" : "import.removeSure")} onSure={() => void remove(one.id)} />
    </li>
  );
}
