import type { Report } from "../../api/report";
import { useWords } from "../../i18n";
import { kindOf, shapeOf } from "../../lib/importing";
import { figure } from "../../lib/units";
import { useMap } from "../../map/current";
import { Icon } from "../../ui/icons";
import { CrsChoice } from "./CrsChoice";
import { EncodingChoice } from "./EncodingChoice";
import { SourceChoice } from "./SourceChoice";
import type { Preview } from "./usePreview";

/** What the files are: sources, rows, text, coordinates. */
export function DataStep({ report, preview }: { report: Report; preview: Preview }) {
  const { t } = useWords();
  const sources = report.sources ?? [];
  const used = sources.filter((s) => s.used);
  const shaped = used.some((s) => kindOf(s.geometry) !== "none") || report.geometryType !== "";
  return (
    <>
      <dl className="facts">
        <div><dt>{t("import.format")}</dt><dd>{report.format || "—"}</dd></div>
        <div><dt>{t("import.rowCount")}</dt><dd>{figure(report.rows.read)}</dd></div>
        <div><dt>{t("import.shape")}</dt><dd>{t(`import.geometry.${shapeOf(report)}`)}{report.hasZ && ` · ${t("import.heights")}`}</dd></div>
        <div><dt>{t("import.fieldCount")}</dt><dd>{figure(report.fields?.length ?? 0)}</dd></div>
      </dl>
      <Skipped report={report} />
      {(sources.length > 1 || used.some((s) => kindOf(s.geometry) === "mixed")) && <SourceChoice sources={sources} />}
      {shaped && <CrsChoice report={report} preview={preview} />}
      {preview.after && <PreviewLine preview={preview} />}
      <EncodingChoice report={report} />
    </>
  );
}

function PreviewLine({ preview }: { preview: Preview }) {
  const { t } = useWords();
  return (
    <p className="preview-line"><i className="preview-swatch" />{t("import.preview", { count: figure(preview.count) })}
      <button className="text-button" onClick={() => useMap.getState().view?.fit(preview.after!, 16)}>{t("import.goPreview")}</button>
    </p>
  );
}

/** Files that were not read, each with the reason. */
function Skipped({ report }: { report: Report }) {
  const { t, said } = useWords();
  const skipped = (report.files ?? []).filter((f) => f.skipped);
  if (skipped.length === 0) return null;
  return (
    <details className="skipped">
      <summary>{t("import.skipped", { count: skipped.length })}</summary>
      <ul>{skipped.map((f) => <li key={f.name}><Icon name="file" size={13} /><span><b>{f.name}</b> {said(f.skipped!)}</span></li>)}</ul>
    </details>
  );
}
