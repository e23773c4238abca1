import { useState } from "react";
import { Problem } from "../../api/client";
import { useWords } from "../../i18n";
import { useImporting } from "../../state/importing";
import { Icon } from "../../ui/icons";
import { begin, mostFiles } from "./doing";
import { Kinds } from "./Kinds";
import { Note, Trouble } from "./parts";
import { Recent } from "./Recent";
import { useImports } from "./useImports";

/** Where an import begins: files are dropped or chosen, or an earlier one is taken up again. */
export function Start() {
  const { t, english } = useWords();
  const { data, error } = useImports();
  const trouble = useImporting((i) => i.trouble);
  const [refused, setRefused] = useState<string | null>(null);
  const shut = error instanceof Problem && error.status === 403 ? error : null;
  if (shut) {
    return <div className="import-body"><div role="alert"><Note severity="warning" label={t("import.shut")}>{english ? shut.en : shut.zh} {t("import.shutHint")}</Note></div></div>;
  }
  return (
    <div className="scroll import-body" tabIndex={0} role="group" aria-label={t("imports.title")}>
      <label className="drop-zone">
        <input type="file" multiple className="unseen" aria-label={t("import.choose")} onChange={(e) => {
          const files = [...(e.target.files ?? [])];
          e.target.value = "";
          if (files.length > 0) setRefused(begin(files));
        }} />
        <Icon name="imports" size={30} />
        <span className="drop-words">{t("import.drop")}</span>
        <span className="button primary">{t("import.choose")}</span>
        <span className="quiet">{t("import.safe")}</span>
      </label>
      {refused && <Note severity="warning">{t(`import.refuse.${refused}`, { count: mostFiles })}</Note>}
      <Trouble problem={trouble} />
      <Kinds />
      {error && !shut && <Trouble problem={error instanceof Problem ? error : null} />}
      {data && data.length > 0 && <Recent imports={data} />}
    </div>
  );
}
