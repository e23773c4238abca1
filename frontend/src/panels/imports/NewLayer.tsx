import type { Report } from "../../api/report";
import { useCodes } from "../../api/queries";
import { useWords } from "../../i18n";
import { isName, settled } from "../../lib/importing";
import { standards } from "../../lib/standards";
import { useImporting, want } from "../../state/importing";
import { Labelled, Text } from "./parts";

/** A layer to be made: by the file alone, or as a standard prescribes. */
export function NewLayer({ report, target }: { report: Report; target: "new" | "standard" }) {
  const { t, named } = useWords();
  const wanted = useImporting((i) => i.wanted);
  const themes = useCodes("theme");
  const now = settled(wanted, report);
  const byTheme = themes.map((theme) => ({ theme, own: standards.filter((s) => s.theme === theme.code) })).filter((g) => g.own.length > 0);
  const take = (name: string) => {
    const chosen = standards.find((s) => s.name === name)!;
    want({ standard: name, layer: name, title: chosen.title, titleEn: chosen.titleEn, theme: chosen.theme, map: undefined });
  };
  return (
    <div className="form">
      {target === "standard" && (
        <Labelled label={t("import.standard")}>
          <select className="select" value={wanted.standard} onChange={(e) => take(e.target.value)}>
            {byTheme.map(({ theme, own }) => <optgroup key={theme.code} label={named(theme)}>{own.map((s) => <option key={s.name} value={s.name}>{t("import.withCode", { title: named(s), name: s.name })}</option>)}</optgroup>)}
          </select>
        </Labelled>
      )}
      <Labelled label={t("import.name")} hint={t("import.nameHint")}><Text live value={now.layer!} fits={isName} maxLength={48} onTake={(layer) => want({ layer: layer.trim() })} /></Labelled>
      <div className="pair">
        <Labelled label={t("import.titleZh")}><Text live value={now.title!} onTake={(title) => want({ title })} /></Labelled>
        <Labelled label={t("import.titleEn")}><Text live value={now.titleEn ?? ""} onTake={(titleEn) => want({ titleEn })} /></Labelled>
      </div>
      <Labelled label={t("import.theme")}>
        <select className="select" value={now.theme || "other"} onChange={(e) => want({ theme: e.target.value })}>{themes.map((c) => <option key={c.code} value={c.code}>{named(c)}</option>)}</select>
      </Labelled>
    </div>
  );
}
