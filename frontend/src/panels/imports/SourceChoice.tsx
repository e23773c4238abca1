import type { Options, Source } from "../../api/report";
import { useWords } from "../../i18n";
import { kindOf } from "../../lib/importing";
import { figure } from "../../lib/units";
import { useImporting, want } from "../../state/importing";
import { Choices } from "./parts";

/** One of several sources, and one kind of shape where a source mixes them. */
export function SourceChoice({ sources }: { sources: Source[] }) {
  const { t } = useWords();
  const from = useImporting((i) => i.wanted.from ?? "");
  const only = useImporting((i) => i.wanted.only ?? "");
  const kinds = new Set(sources.filter((s) => s.used).map((s) => kindOf(s.geometry)));
  const chooseFrom = (name: string) => want({ from: name || undefined, map: undefined });
  return (
    <section>
      <h3>{t("import.source")}</h3>
      {sources.length > 1 && (
        <fieldset className="sources">
          <legend className="unseen">{t("import.source")}</legend>
          <label><input type="radio" name="source" checked={from === ""} onChange={() => chooseFrom("")} /><span><b>{t("import.anySource")}</b><small>{t("import.anySourceHint")}</small></span></label>
          {sources.map((s) => (
            <label key={`${s.file}/${s.name}`}>
              <input type="radio" name="source" checked={from === s.name} onChange={() => chooseFrom(s.name)} />
              <span><b>{s.name}</b><small>{[t(`import.geometry.${kindOf(s.geometry)}`), s.count >= 0 && t("import.rows", { count: figure(s.count) }), t("import.fields", { count: s.fields }), s.file].filter(Boolean).join(" · ")}</small></span>
              {s.used && <em>{t("import.used")}</em>}
            </label>
          ))}
        </fieldset>
      )}
      {(kinds.has("mixed") || kinds.size > 1 || only) && (
        <Choices label={t("import.only")} value={only} onChoose={(kind) => want({ only: kind || undefined } as Partial<Options>)}
          options={(["", "point", "line", "area"] as const).map((kind) => ({ value: kind, label: t(kind ? `import.onlyOf.${kind}` : "import.onlyOf.all") }))} />
      )}
    </section>
  );
}
