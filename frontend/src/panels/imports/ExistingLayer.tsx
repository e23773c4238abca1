import type { Mode, Report } from "../../api/report";
import { useCodes } from "../../api/queries";
import type { LayerInfo } from "../../api/types";
import { useWords } from "../../i18n";
import { figure } from "../../lib/units";
import { useImporting, want } from "../../state/importing";
import { Choices, Labelled } from "./parts";

/** A layer that is there: which, and what becomes of its rows. */
export function ExistingLayer({ report, layers }: { report: Report; layers: LayerInfo[] }) {
  const { t, named } = useWords();
  const wanted = useImporting((i) => i.wanted);
  const themes = useCodes("theme");
  const layer = layers.find((l) => l.name === wanted.layer);
  const key = (l: LayerInfo | undefined, mode: Mode | undefined) => (mode === "upsert" ? (wanted.key ?? l?.idField) : undefined);
  const takeLayer = (name: string) => want({ layer: name, title: undefined, map: undefined, key: key(layers.find((l) => l.name === name), wanted.mode) });
  return (
    <div className="form">
      <Labelled label={t("import.layer")} hint={layer && t("import.rowsNow", { count: figure(layer.count) })}>
        <select className="select" value={wanted.layer ?? ""} onChange={(e) => takeLayer(e.target.value)}>
          <option value="">{t("import.chooseLayer")}</option>
          {themes.map((theme) => {
            const own = layers.filter((l) => l.theme === theme.code && l.writable !== false);
            return own.length > 0 && <optgroup key={theme.code} label={named(theme)}>{own.map((l) => <option key={l.name} value={l.name}>{t("import.withCode", { title: named(l), name: l.name })}</option>)}</optgroup>;
          })}
        </select>
      </Labelled>
      <div>
        <Choices<Mode> label={t("import.mode")} value={wanted.mode ?? "append"} onChoose={(mode) => want({ mode, key: key(layer, mode) })}
          options={(["append", "replace", "upsert"] as const).map((value) => ({ value, label: t(`import.modeOf.${value}`) }))} />
        <p className="quiet">{t(`import.modeHint.${wanted.mode ?? "append"}`, { count: figure(report.rows.taken) })}</p>
      </div>
      {wanted.mode === "upsert" && (
        <Labelled label={t("import.key")} hint={t("import.keyHint")}>
          <select className="select" value={wanted.key ?? ""} onChange={(e) => want({ key: e.target.value || undefined })}>
            <option value="">{t("import.chooseKey")}</option>
            {(layer?.properties ?? []).map((p) => <option key={p.name} value={p.name}>{t("import.withCode", { title: named(p), name: p.name })}</option>)}
          </select>
        </Labelled>
      )}
    </div>
  );
}
