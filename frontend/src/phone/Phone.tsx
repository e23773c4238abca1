import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { useCatalogue } from "../api/queries";
import type { LayerInfo } from "../api/types";
import { useWords } from "../i18n";
import { fullLink } from "../map/address";
import { sayMoment } from "../lib/moment";
import { useMap } from "../map/current";
import { MapCanvas } from "../map/MapCanvas";
import { usePin } from "../map/usePin";
import { Feature } from "../panels/Feature";
import { LayerTree } from "../panels/LayerTree";
import { Search } from "../panels/Search";
import { SwipeChip } from "../panels/beside/SwipeChip";
import { enter } from "../panels/enter";
import { select, setOpacity, useDesk, workAreas } from "../state/desk";
import { leaveTime, setSwipe, useMoment, useReading } from "../state/reading";
import { setLang, setTheme, useSettings } from "../state/settings";
import { Icon } from "../ui/icons";
import { Sheet, type Height } from "./Sheet";
import { useBack } from "./useBack";
import "./phone.css";

const Swipe = lazy(() => import("../map/Swipe"));
const Beside = lazy(() => import("../panels/beside/Layers"));

/** The phone: the map full-screen, one field, three buttons, and a sheet from below. Plain React, no desk widgets. */
export default function Phone() {
  const { t } = useWords();
  const [layersOpen, setLayersOpen] = useState(false);
  const [height, setHeight] = useState<Height>("half");
  const [note, setNote] = useState("");
  const selected = useDesk((d) => d.selected);
  const connected = useDesk((d) => d.connected);
  const { data } = useCatalogue();
  const moment = useMoment();
  const swipe = useReading((r) => r.swipe);
  const comparing = useReading((r) => !!r.compare || !!r.swipe);
  usePin();
  useBack(selected ? "feature" : layersOpen ? "layers" : swipe ? "swipe" : null, () => {
    if (selected) select(null, []);
    else if (layersOpen) setLayersOpen(false);
    else setSwipe(null);
  });
  useEffect(() => {
    if (selected) setHeight((h) => (h === "full" ? "half" : h));
  }, [selected]);
  useEffect(() => {
    const later = setTimeout(() => setNote(""), 2600);
    return () => clearTimeout(later);
  }, [note]);
  const share = useCallback(() => {
    const view = useMap.getState().view;
    if (view) navigator.clipboard?.writeText(fullLink(view)).then(() => setNote(t("tool.copied")), () => setNote(t("tool.copyFailed")));
  }, [t]);
  const opacity = useCallback((layer: LayerInfo) => <Opacity layer={layer} />, []);
  const more = useCallback((layer: LayerInfo) => <div className="row-buttons"><SwipeChip layer={layer} onStart={() => setLayersOpen(false)} /></div>, []);
  return (
    <div className="phone">
      <main>
        <MapCanvas reach={14} />
        {comparing && <Suspense fallback={null}><Swipe /></Suspense>}
      </main>
      <div className="phone-top">
        <Search />
        {!connected ? <p className="phone-lost" role="alert"><Icon name="alert" size={16} />{t("status.lost")}</p>
          : moment && <p className="phone-past" role="status"><Icon name="history" size={16} />{t("status.past", { moment: sayMoment(moment) })}<button className="text-button" onClick={leaveTime}>{t("status.toNow")}</button></p>}
        {data?.synthetic && <p className="sample">{t("status.synthetic")}</p>}
      </div>
      <div className="fabs">
        <button onClick={() => locate(setNote, t)} aria-label={t("map.locate")}><Icon name="locate" size={22} /></button>
        <button onClick={() => { select(null, []); setHeight("half"); setLayersOpen(true); }} aria-label={t("phone.layers")}><Icon name="layers" size={22} /></button>
      </div>
      {note && <p className="phone-note" role="status">{note}</p>}
      {selected ? (
        <Sheet height={height} onHeight={setHeight}><Feature selected={selected} onShare={share} /></Sheet>
      ) : layersOpen ? (
        <Sheet height={height} onHeight={setHeight}>
          <header className="panel-head"><h2>{t("layers.title")}</h2><Settings /><button className="icon-button" onClick={() => setLayersOpen(false)} aria-label={t("settings.close")}><Icon name="close" /></button></header>
          <Areas />
          <LayerTree opacity={opacity} more={more} />
        </Sheet>
      ) : swipe ? <Suspense fallback={null}><Beside sides={swipe} /></Suspense> : (
        <div className="phone-title"><b>{t("title")}</b><span>{t("phone.hint")}</span></div>
      )}
    </div>
  );
}

function Areas() {
  const { t } = useWords();
  const area = useDesk((d) => d.area);
  return <nav className="areas" aria-label={t("area.label")}>{workAreas.map((name) => <button key={name} aria-pressed={area === name} onClick={() => void enter(name)}>{t(`area.${name}`)}</button>)}</nav>;
}

function Settings() {
  const { t, english } = useWords();
  const theme = useSettings((s) => s.theme);
  return (
    <>
      <button className="chip" onClick={() => setLang(english ? "zh" : "en")} aria-label={t("settings.languageLabel")}>{t("settings.language")}</button>
      <button className="icon-button" onClick={() => setTheme(theme === "dark" ? "light" : "dark")} aria-label={t(theme === "dark" ? "settings.light" : "settings.dark")}><Icon name={theme === "dark" ? "sun" : "moon"} size={20} /></button>
    </>
  );
}

function Opacity({ layer }: { layer: LayerInfo }) {
  const { t, named } = useWords();
  const percent = useDesk((d) => d.opacity[layer.name] ?? 100);
  return <input className="opacity" type="range" min="0" max="100" step="5" value={percent} onChange={(e) => setOpacity(layer.name, Number(e.target.value))} aria-label={`${t("layers.opacity")} ${named(layer)}`} />;
}

/** Goes to where the phone is; what the phone says is WGS 84, the same here to a few centimetres. */
function locate(say: (text: string) => void, t: (key: string) => string): void {
  if (!navigator.geolocation) return say(t("map.locateFailed"));
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      useDesk.setState({ pin: [coords.longitude, coords.latitude] });
      useMap.getState().view?.fly([coords.longitude, coords.latitude], 16);
    },
    (reason) => say(t(reason.code === reason.PERMISSION_DENIED ? "map.locateDenied" : "map.locateFailed")),
    { enableHighAccuracy: true, timeout: 10_000 },
  );
}
