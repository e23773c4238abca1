import { useWords } from "../../i18n";

/** What can be brought in. */
export function Kinds() {
  const { t } = useWords();
  return (
    <>
      <h3>{t("import.kinds")}</h3>
      <dl className="kinds">
        {(["gis", "table", "survey", "model"] as const).map((kind) => <div key={kind}><dt>{t(`import.kind.${kind}`)}</dt><dd>{t(`import.kindOf.${kind}`)}</dd></div>)}
      </dl>
      <p className="quiet">{t("import.together")}</p>
    </>
  );
}
