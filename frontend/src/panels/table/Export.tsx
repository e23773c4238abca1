import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Problem } from "../../api/client";
import { exportAddress, exportable, type ExportChoice } from "../../api/export";
import type { Rows } from "../../api/table";
import type { LayerInfo } from "../../api/types";
import { useWords } from "../../i18n";
import { figure } from "../../lib/units";
import { useTable } from "../../state/table";
import { Icon } from "../../ui/icons";

const usual = ["xlsx", "gpkg", "shp", "geojson", "csv"];

/** What the table shows, as a file: any format that the server writes, named and coded as somebody wants it. */
export default function Export({ layer, asked, count, onClose }: { layer: LayerInfo; asked: Rows; count: number; onClose: () => void }) {
  const { t, english } = useWords();
  const { data, error } = useQuery({ queryKey: ["exportable", layer.name], staleTime: Infinity, queryFn: ({ signal }) => exportable(layer.name, signal) });
  const only = useTable((s) => s.only);
  const chosen = useTable((s) => s.chosen);
  const ids = only === "chosen" ? [...chosen] : null;
  const [choice, setChoice] = useState<Omit<ExportChoice, "ids">>({ format: "", crs: "", names: "title", codes: "both" });
  const formats = useMemo(() => [...(data?.formats ?? [])].sort((a, b) => rank(a.name) - rank(b.name)), [data]);
  const format = choice.format || formats[0]?.name || "";
  const change = (part: Partial<ExportChoice>) => setChoice({ ...choice, ...part });
  const select = (key: "names" | "codes", options: Record<string, string>) => (
    <label className="labelled"><span>{t(`export.${key}`)}</span>
      <select className="select" value={choice[key]} onChange={(e) => change({ [key]: e.target.value })}>{Object.entries(options).map(([value, word]) => <option key={value} value={value}>{t(`export.${word}`)}</option>)}</select>
    </label>
  );
  return (
    <div className="export" role="dialog" aria-label={t("export.title")} onKeyDown={(e) => { if (e.key === "Escape") { e.stopPropagation(); onClose(); } }}>
      <p>{t(ids ? "export.chosen" : "export.what", { count: figure(count) })}</p>
      {error && <p className="quiet" role="alert">{t("export.failed")}{english ? ". " : "。"}{error instanceof Problem && (english ? error.en : error.zh)}</p>}
      <label className="labelled"><span>{t("export.format")}</span>
        <select className="select" autoFocus value={format} onChange={(e) => change({ format: e.target.value })}>{formats.map((f) => <option key={f.name} value={f.name}>{f.title}</option>)}</select>
      </label>
      <label className="labelled"><span>{t("export.crs")}</span>
        <select className="select" value={choice.crs} onChange={(e) => change({ crs: e.target.value })}>
          <option value="">{t("export.own")}</option>
          {(data?.crs ?? []).map((uri) => <option key={uri} value={uri}>{t(`import.system.${codeOf(uri)}`, { defaultValue: codeOf(uri) })}</option>)}
        </select>
      </label>
      <div className="pair">{select("names", { title: "titles", name: "fieldNames" })}{select("codes", { both: "both", name: "name", code: "code" })}</div>
      <a className={`button primary${format && count > 0 ? "" : " off"}`} href={format && count > 0 ? exportAddress(asked, { ...choice, format, ids }) : undefined} download onClick={() => setTimeout(onClose, 300)}><Icon name="save" size={16} />{t("export.go")}</a>
    </div>
  );
}

/** What offices ask for most stands first. */
const rank = (name: string) => (usual.includes(name) ? usual.indexOf(name) : usual.length);

/** …/EPSG/0/4548 → 4548, …/OGC/1.3/CRS84 → CRS84. */
const codeOf = (uri: string) => uri.split("/").pop()!;
