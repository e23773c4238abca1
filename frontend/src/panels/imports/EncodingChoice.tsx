import type { Report } from "../../api/report";
import { useWords } from "../../i18n";
import { proofs } from "../../lib/importing";
import { useImporting, want } from "../../state/importing";
import { How, Labelled } from "./parts";

const encodings = ["GB18030", "UTF-8", "Big5", "ISO-8859-1"];

/** How the text is written down and how that is known, with some of it as proof. */
export function EncodingChoice({ report }: { report: Report }) {
  const { t, list } = useWords();
  const told = useImporting((i) => i.wanted.encoding ?? "");
  const { name, how } = report.encoding;
  const proof = proofs(report);
  const names = (report.fields ?? []).map((f) => f.source).filter((n) => /[^\p{ASCII}]/u.test(n)).slice(0, 8);
  if (!name && proof.length + names.length === 0) return null;
  return (
    <section>
      <h3>{t("import.encoding")}</h3>
      <Labelled label={t("import.encodingIs", { name: name || "—" })} hint={<How phrase={how} />}>
        <select className="select" value={told} onChange={(e) => want({ encoding: e.target.value || undefined })} aria-label={t("import.encoding")}>
          <option value="">{t("import.automatic")}</option>
          {encodings.map((e) => <option key={e}>{e}</option>)}
        </select>
      </Labelled>
      {proof.length + names.length > 0 && (
        <figure className="proof">
          <figcaption>{t("import.proof")}</figcaption>
          {names.length > 0 && <p>{t("import.fieldNames")}{list(names)}</p>}
          <dl>{proof.map((p) => <div key={p.field}><dt>{p.field}</dt><dd>{p.values.map((v, i) => <q key={i}>{v}</q>)}</dd></div>)}</dl>
        </figure>
      )}
    </section>
  );
}
