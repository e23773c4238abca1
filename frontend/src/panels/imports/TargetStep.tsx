import type { Report } from "../../api/report";
import { useCatalogue } from "../../api/queries";
import { useWords } from "../../i18n";
import { choices, likeStandard, targetOf, type Target } from "../../lib/importing";
import { standards } from "../../lib/standards";
import { useImporting, want } from "../../state/importing";
import { ExistingLayer } from "./ExistingLayer";
import { FieldTable } from "./FieldTable";
import { NewLayer } from "./NewLayer";
import { Choices } from "./parts";

/** Where the rows go, and what becomes of each field. */
export function TargetStep({ report }: { report: Report }) {
  const { t } = useWords();
  const wanted = useImporting((i) => i.wanted);
  const layers = useCatalogue().data?.layers ?? [];
  const target = targetOf(wanted);
  const layer = target === "existing" ? layers.find((l) => l.name === wanted.layer) : undefined;
  return (
    <>
      <Choices<Target> label={t("import.where")} value={target} onChoose={(to) => turn(to, report)}
        options={(["new", "standard", "existing"] as const).map((value) => ({ value, label: t(`import.target.${value}`) }))} />
      <p className="quiet">{t(`import.targetHint.${target}`)}</p>
      {target === "existing" ? <ExistingLayer report={report} layers={layers} /> : <NewLayer report={report} target={target} />}
      {(report.fields?.length ?? 0) > 0 && <FieldTable report={report} choices={choices(report, wanted, layer)} free={target === "new"} />}
    </>
  );
}

/** Turns to another way of writing; what belonged to the former is taken back. */
function turn(to: Target, report: Report): void {
  const { wanted } = useImporting.getState();
  const like = standards.find((s) => s.name === likeStandard(report)) ?? standards.find((s) => s.name === (wanted.layer || report.layer)) ?? standards[0];
  const common = { key: undefined, map: undefined };
  if (to === "existing") want({ ...common, mode: "append", standard: undefined, layer: "" });
  else if (to === "standard") want({ ...common, mode: undefined, standard: like.name, layer: like.name, title: like.title, titleEn: like.titleEn, theme: like.theme });
  else want({ ...common, mode: undefined, standard: undefined, title: undefined, titleEn: undefined, theme: undefined, layer: undefined });
}
