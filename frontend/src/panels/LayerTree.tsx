import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Problem } from "../api/client";
import { useCatalogue } from "../api/queries";
import type { LayerInfo } from "../api/types";
import { useWords } from "../i18n";
import { setArea, show, shownNow, useDesk } from "../state/desk";
import { Icon } from "../ui/icons";
import { LayerRow } from "./LayerRow";

/** All layers by theme, to be shown, faded and understood. */
export function LayerTree({ opacity, more }: { opacity: (layer: LayerInfo) => ReactNode; more?: (layer: LayerInfo) => ReactNode }) {
  const { t, named, english } = useWords();
  const { data, error, refetch } = useCatalogue();
  const area = useDesk((d) => d.area);
  const own = useDesk((d) => d.own);
  const [text, setText] = useState("");
  const layers = useMemo(() => data?.layers ?? [], [data]);
  const shown = useMemo(() => new Set(shownNow({ own, area }, layers)), [own, area, layers]);
  const onShow = useCallback((name: string, on: boolean) => show(name, on, layers), [layers]);

  const tree = useRef<HTMLDivElement>(null);
  const ready = layers.length > 0;
  useEffect(() => {
    const own = tree.current?.querySelector<HTMLElement>(`[data-of="${area}"]`);
    if (tree.current && ready) tree.current.scrollTop = own ? own.offsetTop : 0;
  }, [area, ready]);

  const wanted = text.trim().toLowerCase();
  const groups = (data?.themes ?? []).map((theme) => ({
    theme,
    layers: layers.filter((l) => l.theme === theme.code && l.geometryType !== "" && `${l.title} ${l.titleEn} ${l.name}`.toLowerCase().includes(wanted)),
  })).filter((g) => g.layers.length > 0);

  if (error && !data) return <Failed error={error} retry={() => void refetch()} />;
  return (
    <>
      <div className="tree-tools">
        <div className="field">
          <Icon name="search" size={16} />
          <input type="search" value={text} onChange={(e) => setText(e.target.value)} placeholder={t("layers.filter")} aria-label={t("layers.filter")} />
        </div>
        <button className="icon-button" disabled={own === null} title={t("layers.restore")} aria-label={t("layers.restore")} onClick={() => setArea(area)}><Icon name="reset" size={16} /></button>
      </div>
      <div ref={tree} className="scroll tree" tabIndex={0} role="group" aria-label={t("layers.title")}>
        {!data && <Waiting />}
        {data && layers.length === 0 && <p className="empty">{t("layers.empty")}</p>}
        {layers.length > 0 && groups.length === 0 && <p className="empty">{t("layers.none", { text })}</p>}
        {groups.map(({ theme, layers: some }) => (
          <section key={theme.code} data-of={theme.code}>
            <h3>{named(theme)}<span>{t("layers.shownOf", { shown: some.filter((l) => shown.has(l.name)).length, all: some.length })}</span></h3>
            <ul lang={english ? "en" : "zh-CN"}>{some.map((l) => <LayerRow key={l.name} layer={l} on={shown.has(l.name)} onShow={onShow} opacity={opacity} more={more} />)}</ul>
          </section>
        ))}
      </div>
    </>
  );
}

/** As tall as what will come, so that nothing jumps. */
function Waiting() {
  const { t } = useWords();
  return <div role="status" aria-label={t("layers.loading")}>{Array.from({ length: 14 }, (_, i) => <div key={i} className="waiting" style={{ width: `${88 - ((i * 37) % 40)}%` }} />)}</div>;
}

export function Failed({ error, retry }: { error: Error; retry: () => void }) {
  const { t, english } = useWords();
  const said = error instanceof Problem ? (english ? error.en : error.zh) : "";
  return (
    <div className="empty" role="alert">
      <p>{t("error.catalogue")}{english ? ". " : "。"}{said || t("error.server")}</p>
      <button className="button" onClick={retry}>{t("error.retry")}</button>
    </div>
  );
}
