import { lazy, Suspense, useMemo, useState } from "react";
import { Problem } from "../api/client";
import { useCodes, useFeature, useLayers, useSchemes } from "../api/queries";
import type { FeatureRef, Found, LayerInfo } from "../api/types";
import { useWords } from "../i18n";
import { boundsOf } from "../lib/bounds";
import { legendOf } from "../lib/style";
import { useMap } from "../map/current";
import { select, useDesk } from "../state/desk";
import { useFeatureMoment } from "../state/reading";
import { Icon } from "../ui/icons";
import { attributes, figures, titleOf, type Reading } from "./attributes";
import { LayerSign } from "./LayerSign";
import { Swatch } from "./Swatch";

const History = lazy(() => import("./history/History"));

/** The selected feature: what it is, what is known of it, what else is at the same place. */
export function Feature({ selected, onShare }: { selected: FeatureRef; onShare: () => void }) {
  const words = useWords();
  const { t, named, english } = words;
  const layer = useLayers().get(selected.layer);
  const { data, error, isPending } = useFeature(selected, useFeatureMoment());
  const schemes = useSchemes(useMemo(() => [...new Set((layer?.properties ?? []).flatMap((p) => p.scheme ?? []))], [layer]));
  if (!layer) return null;
  const gone = error instanceof Problem && error.status === 404;
  const trouble = error instanceof Problem ? (english ? error.en : error.zh) : error?.message;
  const shape = data?.geometry;
  return (
    <>
      <header className="panel-head feature-head">
        <div>
          <h2>{titleOf(layer, data, selected.id, schemes, named)}</h2>
          <p><LayerSign name={layer.name} />{named(layer)}{layer.idField && data?.properties?.[layer.idField] ? <span className="number">{String(data.properties[layer.idField])}</span> : null}</p>
        </div>
        <button className="icon-button" onClick={() => select(null)} title={t("feature.close")} aria-label={t("feature.close")}><Icon name="close" size={16} /></button>
      </header>
      <Here selected={selected} />
      <div className="scroll feature-body" tabIndex={0} role="group" aria-label={t("feature.title")}>
        {isPending && <div role="status" aria-label={t("feature.loading")}>{Array.from({ length: 6 }, (_, i) => <div key={i} className="waiting" />)}</div>}
        {error && <p className="empty" role="alert">{gone ? t("feature.gone") : `${t("error.feature")}${english ? ". " : "。"}${trouble || t("error.server")}`}</p>}
        {data && !error && (
          <>
            <Attributes lines={attributes(layer, data, schemes, words)} />
            <h3>{t("feature.geometry")}</h3>
            <Lines lines={figures(data, words)} />
            {layer.tracked && <Past key={`${selected.layer}/${selected.id}`} layer={layer} selected={selected} />}
            <h3>{t("feature.source")}</h3>
            <Lines lines={sources(layer, t)} />
            {layer.synthetic && <p className="sample-note">{t("status.syntheticLong")}</p>}
          </>
        )}
      </div>
      <footer className="panel-foot">
        <button className="button primary" disabled={!shape} onClick={() => shape && useMap.getState().view?.fit(boundsOf(shape))}><Icon name="zoom" size={16} />{t("feature.zoom")}</button>
        <button className="button" onClick={onShare}><Icon name="link" size={16} />{t("feature.copy")}</button>
      </footer>
    </>
  );
}

/** The history is read when somebody asks for it. */
function Past({ layer, selected }: { layer: LayerInfo; selected: FeatureRef }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <h3>{t("feature.history")}</h3>
      {open ? <Suspense fallback={<div className="waiting" />}><History layer={layer} selected={selected} /></Suspense>
        : <button className="text-button" onClick={() => setOpen(true)}>{t("feature.showHistory")}</button>}
    </>
  );
}

const sources = (layer: LayerInfo, t: (key: string) => string): Reading[] =>
  [["owner", layer.owner], ["standard", layer.standard], ["datum", layer.heightDatum]]
    .filter(([, value]) => value).map(([name, value]) => ({ name: name!, label: t(`feature.${name}`), value: value!, empty: false }));

/** Everything under the click, to choose from. */
function Here({ selected }: { selected: FeatureRef }) {
  const { t } = useWords();
  const here = useDesk((d) => d.here);
  const layers = useLayers();
  if (here.length < 2) return null;
  return (
    <div className="here" role="group" aria-label={t("feature.here", { count: here.length })}>
      <span className="quiet">{t("feature.here", { count: here.length })}</span>
      <div>
        {here.slice(0, 12).map((found) => {
          const layer = layers.get(found.layer);
          return layer && <Choice key={`${found.layer}/${found.id}`} found={found} layer={layer} on={found.layer === selected.layer && found.id === selected.id} />;
        })}
      </div>
    </div>
  );
}

/** One of them, told apart by its class where its layer has classes. */
function Choice({ found, layer, on }: { found: Found; layer: LayerInfo; on: boolean }) {
  const { named } = useWords();
  const style = useMap((m) => m.style);
  const legend = useMemo(() => legendOf(style, layer.name), [style, layer.name]);
  const code = layer.style.by ? String(found.properties[layer.style.by] ?? "") : "";
  const scheme = layer.properties?.find((p) => p.name === layer.style.by)?.scheme;
  const known = useCodes(scheme).find((c) => c.code === code);
  return (
    <button className="chip" aria-pressed={on} onClick={() => select({ layer: found.layer, id: found.id })}>
      {legend && <Swatch legend={legend} sample={legend.samples.find((s) => s.code === code)} />}
      {named(layer)}{known && ` · ${named(known)}`}
    </button>
  );
}

function Attributes({ lines }: { lines: Reading[] }) {
  const { t } = useWords();
  const [all, setAll] = useState(false);
  const empties = lines.filter((l) => l.empty).length;
  if (lines.length === 0) return <p className="quiet">{t("feature.noAttributes")}</p>;
  return (
    <>
      <Lines lines={all ? lines : lines.filter((l) => !l.empty)} />
      {empties > 0 && <button className="text-button" aria-expanded={all} onClick={() => setAll(!all)}>{all ? t("feature.hideEmpties") : t("feature.empties", { count: empties })}</button>}
    </>
  );
}

const Lines = ({ lines }: { lines: Reading[] }) => (
  <dl className="lines">
    {lines.map((l) => <div key={l.name}><dt>{l.label}</dt><dd>{l.value}{l.beside && <span className="beside">{l.beside}</span>}</dd></div>)}
  </dl>
);
