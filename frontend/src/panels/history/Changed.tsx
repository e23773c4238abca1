import { useMemo } from "react";
import { useSchemes } from "../../api/queries";
import type { LayerInfo } from "../../api/types";
import { useWords } from "../../i18n";
import { read } from "../attributes";
import "./history.css";

type Values = Record<string, unknown> | null | undefined;

/** Which properties differ, from what to what. */
export function Changed({ layer, names, before, after }: { layer: LayerInfo; names: string[]; before: Values; after: Values }) {
  const words = useWords();
  const { t, named } = words;
  const schemes = useSchemes(useMemo(() => [...new Set((layer.properties ?? []).flatMap((p) => p.scheme ?? []))], [layer]));
  return (
    <dl className="was-is">
      {names.map((name) => {
        const property = layer.properties?.find((p) => p.name === name);
        if (!property) return <div key={name}><dt>{t(name === "geometry" ? "history.geometry" : "history.gone", { name })}</dt><dd>{name === "geometry" && t("history.drawn")}</dd></div>;
        return <div key={name}><dt>{named(property)}</dt><dd><del>{read(property, before?.[name], schemes, words).value}</del><ins>{read(property, after?.[name], schemes, words).value}</ins></dd></div>;
      })}
    </dl>
  );
}
