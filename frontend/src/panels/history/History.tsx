import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Problem } from "../../api/client";
import { versions, type Version } from "../../api/history";
import type { FeatureRef, LayerInfo } from "../../api/types";
import { useWords } from "../../i18n";
import "../../i18n/reading";
import { momentAt, sayMoment } from "../../lib/moment";
import { useOverlay } from "../../map/useOverlay";
import { goToMoment, useMoment } from "../../state/reading";
import { Icon } from "../../ui/icons";
import { Changed } from "./Changed";


/** What a feature was: each version with who, when and why, its difference from the one before here and on the map. */
export default function History({ layer, selected }: { layer: LayerInfo; selected: FeatureRef }) {
  const { t, english } = useWords();
  const [open, setOpen] = useState<number | null>(null);
  const { data, error } = useQuery({ queryKey: ["feature", selected.layer, selected.id, "versions"], queryFn: ({ signal }) => versions(selected, signal) });
  const at = data?.findIndex((v) => v.version === open) ?? -1;
  const [now, before] = at >= 0 ? [data![at], data![at + 1]] : [];
  useOverlay("before", useMemo(() => shape(before, {}), [before]));
  useOverlay("difference", useMemo(() => shape(now, { became: now?.op === "insert" ? "added" : now?.op === "delete" ? "removed" : "changed" }), [now]));
  if (error) return <p className="quiet" role="alert">{(error instanceof Problem && (english ? error.en : error.zh)) || t("error.server")}</p>;
  if (!data) return <div className="waiting" />;
  return (
    <ol className="history">
      {data.map((v, i) => <One key={v.version} layer={layer} version={v} before={data[i + 1]} open={v.version === open} onOpen={(on) => setOpen(on ? v.version : null)} />)}
    </ol>
  );
}

const shape = (v: Version | undefined, properties: Record<string, string>): GeoJSON.Feature[] => (v?.geometry ? [{ type: "Feature", geometry: v.geometry, properties }] : []);

function One({ layer, version: v, before, open, onOpen }: { layer: LayerInfo; version: Version; before: Version | undefined; open: boolean; onOpen: (on: boolean) => void }) {
  const { t } = useWords();
  const shown = useMoment();
  const at = v.validFrom ? Date.parse(v.validFrom) : null;
  const past = v.validTo !== null && at !== null && v.op !== "delete";
  const moment = at === null ? null : momentAt(Math.min(at + 1000, v.validTo ? Math.max(at, Date.parse(v.validTo) - 1) : Infinity));
  return (
    <li className={open ? "open" : undefined}>
      <button className="version" aria-expanded={open} onClick={() => onOpen(!open)}>
        <i className={`op ${v.op}`} aria-hidden="true" />
        <span><b>{t(`history.op.${v.op}`, { defaultValue: v.op })}</b>{v.op === "update" && v.changed && <span className="quiet"> {t("history.changed", { count: v.changed.length })}</span>}</span>
        <time dateTime={v.validFrom ?? undefined}>{at === null ? t("history.longAgo") : sayMoment(at)}</time>
        <small>{v.actor || t("history.nobody")}{v.reason && ` · ${v.reason}`}</small>
      </button>
      {open && (
        <div className="version-more">
          {before && v.changed && v.changed.length > 0 && <Changed layer={layer} names={v.changed} before={before.properties} after={v.properties} />}
          {!before && <p className="quiet">{t("history.first")}</p>}
          {past && moment && <button className="text-button" disabled={shown === moment} onClick={() => goToMoment(moment)}><Icon name="clock" size={14} />{t("history.open")}</button>}
        </div>
      )}
    </li>
  );
}
