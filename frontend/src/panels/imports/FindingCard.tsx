import type { FindingFeature } from "../../api/imports";
import { useWords } from "../../i18n";
import { area, figure } from "../../lib/units";
import { MapCard } from "../../map/MapCard";
import { useImporting } from "../../state/importing";
import { Icon } from "../../ui/icons";

/** One finding at its place: what, what was done, and the area before and after. */
export function FindingCard({ finding }: { finding: FindingFeature }) {
  const { t, said, amount } = useWords();
  const { row, words, done, areaBefore, areaAfter } = finding.properties;
  const told = (m2: number) => area(m2).map(amount).join(" · ");
  return (
    <MapCard at={finding.geometry!.coordinates as [number, number]}>
      <div className="finding-card">
        <p><b>{t("import.row", { row: figure(row) })}</b><span className={`done ${done}`}>{t(`import.doneOf.${done}`)}</span><button className="icon-button" onClick={() => useImporting.setState({ chosen: null })} aria-label={t("settings.close")}><Icon name="close" size={13} /></button></p>
        <p>{said(words)}</p>
        {areaBefore !== undefined && (
          <dl>
            <div><dt>{t("import.areaBefore")}</dt><dd>{told(areaBefore)}</dd></div>
            {areaAfter !== undefined && <div><dt>{t("import.areaAfter")}</dt><dd>{told(areaAfter)}</dd></div>}
          </dl>
        )}
      </div>
    </MapCard>
  );
}
