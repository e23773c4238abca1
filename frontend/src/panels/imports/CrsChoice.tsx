import { useState } from "react";
import type { Fix, Report } from "../../api/report";
import type { Bounds } from "../../api/types";
import { useWords } from "../../i18n";
import { useMap } from "../../map/current";
import { useImporting, want } from "../../state/importing";
import { Icon } from "../../ui/icons";
import { How, Labelled, Text } from "./parts";
import type { Preview } from "./usePreview";

// What counties here use, the likeliest first; any other by its EPSG code.
const systems = [4490, 4527, 4548, 4526, 4547, 4498, 4509, 4326, 3857];

/** In which coordinate system the files are, how that is known, and what the server proposes where it does not fit. */
export function CrsChoice({ report, preview }: { report: Report; preview: Preview }) {
  const { t } = useWords();
  const srid = useImporting((i) => i.wanted.srid);
  const datum = useImporting((i) => i.wanted.datum ?? "");
  const [other, setOther] = useState(srid !== undefined && !systems.includes(srid));
  const { epsg, how, said, fix } = report.crs;
  const name = epsg ? t(`import.system.${epsg}`, { defaultValue: report.crs.name }) : report.crs.name;
  const take = (value: string) => {
    setOther(value === "other");
    if (value !== "other") want({ srid: Number(value) || undefined, fixCrs: undefined });
  };
  return (
    <section>
      <h3>{t("import.crs")}</h3>
      {fix && <FixBox crs={report.crs} fix={fix} preview={preview} />}
      <Labelled label={name ? t("import.crsIs", { name: epsg && !name.includes(String(epsg)) ? t("import.withCode", { title: name, name: `EPSG:${epsg}` }) : name }) : t("import.crsNone")} hint={<><How phrase={how} />{said && ` · ${t("import.crsSaid", { said })}`}</>}>
        <select className="select" value={other ? "other" : (srid ?? "")} onChange={(e) => take(e.target.value)} aria-label={t("import.crs")}>
          <option value="">{t(fix?.applied ? "import.asProposed" : name ? "import.asFile" : "import.chooseCrs")}</option>
          {systems.map((code) => <option key={code} value={code}>{t(`import.system.${code}`)}</option>)}
          <option value="other">{t("import.otherCrs")}</option>
        </select>
      </Labelled>
      {other && <Labelled label={t("import.epsg")}><Text value={srid ? String(srid) : ""} fits={(v) => /^\d{4,6}$/.test(v.trim())} onTake={(v) => want({ srid: Number(v) || undefined, fixCrs: undefined })} /></Labelled>}
      <details className="skipped" open={datum !== "" || undefined}>
        <summary>{t("import.datumAsk")}</summary>
        <Labelled label={t("import.datum")} hint={t("import.datumHint")}>
          <select className="select" value={datum} onChange={(e) => want({ datum: e.target.value as "gcj02" })}>
            <option value="">{t("import.datumNone")}</option>
            <option value="gcj02">{t("import.fix.gcj02")}</option>
            <option value="bd09">{t("import.fix.bd09")}</option>
          </select>
        </Labelled>
      </details>
    </section>
  );
}

/** The proposal by name, its words, and one button; once taken, where things lay before and lie now. */
export function FixBox({ crs, fix, preview }: { crs: Report["crs"]; fix: Fix; preview?: Preview }) {
  const { t, said } = useWords();
  const parts = fix.name.split("+").map((part) => t(`import.fix.${part.trim()}`));
  const name = fix.name === "other-zone" && fix.epsg && !crs.said ? t("import.readAs", { system: t(`import.system.${fix.epsg}`, { defaultValue: `EPSG:${fix.epsg}` }) }) : parts.join(t("import.fixAnd"));
  const go = (bounds: Bounds) => useMap.getState().view?.fit(bounds, 16);
  return (
    <div className={`fix${fix.applied ? " applied" : ""}`}>
      <p className="fix-name"><Icon name={fix.applied ? "check" : "alert"} size={16} /><b>{t(fix.applied ? "import.fixApplied" : "import.fixProposed")}{name}</b></p>
      <p>{said(fix.words)}</p>
      <div className="row-start">
        {fix.applied
          ? <button className="text-button" onClick={() => want({ fixCrs: undefined })}>{t("import.fixUndo")}</button>
          : <button className="button primary" onClick={() => want({ fixCrs: true })}>{t("import.accept")}</button>}
        {fix.applied && preview?.before && <button className="text-button" onClick={() => go(preview.before!)}><i className="before-swatch" />{t("import.before")}</button>}
        {fix.applied && preview?.after && <button className="text-button" onClick={() => go(preview.after!)}><i className="preview-swatch" />{t("import.after")}</button>}
      </div>
    </div>
  );
}
