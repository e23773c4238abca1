import { App as Antd, ConfigProvider, Slider, theme as antdTheme } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { lazy, Suspense, useCallback, useEffect, type CSSProperties, type ReactNode } from "react";
import type { LayerInfo } from "../api/types";
import { useWords } from "../i18n";
import "../i18n/importing";
import { fullLink } from "../map/address";
import { useMap } from "../map/current";
import { MapCanvas } from "../map/MapCanvas";
import { usePin } from "../map/usePin";
import { Feature } from "../panels/Feature";
import { LayerTree } from "../panels/LayerTree";
import { LegendPanel } from "../panels/LegendPanel";
import { useFollowing } from "../panels/imports/useFollowing";
import { panels, select, setOpacity, useDesk, type Panel } from "../state/desk";
import { setSwipe, useMoment, useReading } from "../state/reading";
import { useSettings } from "../state/settings";
import { useTable } from "../state/table";
import { Icon, type IconName } from "../ui/icons";
import { Bar } from "./Bar";
import { DropHere } from "./DropHere";
import { LayerTools } from "./LayerTools";
import { MapButtons } from "./MapButtons";
import { Status } from "./Status";
import { Tools } from "./Tools";
import { tokens } from "./tokens";
import "./desk.css";

const AttributeTable = lazy(() => import("../panels/table/Table"));
const TimeBar = lazy(() => import("../panels/time/TimeBar"));
const Differences = lazy(() => import("../panels/time/Differences"));
const Swipe = lazy(() => import("../map/Swipe"));
const Beside = lazy(() => import("../panels/beside/Layers"));
const Imports = lazy(() => import("../panels/imports/Imports"));

/** The desk: the map is the page; everything else floats on it and can be closed. */
export default function Desk() {
  const { english } = useWords();
  const theme = useSettings((s) => s.theme);
  return (
    <ConfigProvider locale={english ? enUS : zhCN} theme={{ ...tokens(theme), algorithm: theme === "dark" ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm }}>
      <Surface />
    </ConfigProvider>
  );
}

/** What stands beside what: the panels know of each other by the classes of the whole. */
function Surface() {
  const panel = useDesk((d) => d.panel);
  const selected = useDesk((d) => !!d.selected);
  const table = useTable((s) => s.layer);
  const drawer = useTable((s) => s.drawer);
  const past = useMoment() !== null;
  const comparing = useReading((r) => !!r.compare?.layer);
  const classes = ["desk", past && "past", panel && (panel === "imports" ? "left-wide" : "left-open"), table && "drawn", (selected || comparing) && "chosen"].filter(Boolean).join(" ");
  return (
    <Antd className={classes} style={table ? ({ "--drawer": `${drawer}px`, "--below": `${drawer + 12}px` } as CSSProperties) : undefined} message={{ maxCount: 2, top: 64 }}>
      <Everything />
    </Antd>
  );
}

function Everything() {
  const panel = useDesk((d) => d.panel);
  const { message } = Antd.useApp();
  const { t } = useWords();
  const selected = useDesk((d) => d.selected);
  const table = useTable((s) => s.layer);
  const compare = useReading((r) => r.compare);
  const swipe = useReading((r) => r.swipe);
  const timing = useReading((r) => r.timing);
  usePin();
  useEscape();
  useFollowing();
  useCover(panel);

  const share = useCallback(() => {
    const view = useMap.getState().view;
    if (!view) return;
    navigator.clipboard.writeText(fullLink(view)).then(() => message.success(t("tool.copied")), () => message.warning(t("tool.copyFailed")));
  }, [message, t]);
  const opacity = useCallback((layer: LayerInfo) => <Opacity layer={layer} />, []);
  const more = useCallback((layer: LayerInfo) => <LayerTools layer={layer} />, []);

  return (
    <>
      <Bar />
      <nav className="rail" aria-label={t("rail.label")}>
        {panels.map((name) => <RailButton key={name} icon={name} label={t(`rail.${name}`)} on={panel === name} onClick={() => setPanel(panel === name ? null : name)} />)}
      </nav>
      {panel === "layers" && <LeftPanel name="layers"><LayerTree opacity={opacity} more={more} /></LeftPanel>}
      {panel === "legend" && <LeftPanel name="legend" note={t("legend.inView")}><LegendPanel /></LeftPanel>}
      {panel === "imports" && <LeftPanel name="imports"><Suspense fallback={null}><Imports /></Suspense></LeftPanel>}
      <main>
        <MapCanvas reach={4} />
        {(compare || swipe) && <Suspense fallback={null}><Swipe /></Suspense>}
      </main>
      <Tools beside={panel} onShare={share} />
      {selected ? <aside className="panel right" aria-label={t("feature.title")}><Feature selected={selected} onShare={share} /></aside>
        : compare?.layer && <Suspense fallback={null}><Differences compare={compare} name={compare.layer} /></Suspense>}
      {timing && <Suspense fallback={null}><TimeBar /></Suspense>}
      {swipe && <Suspense fallback={null}><Beside sides={swipe} /></Suspense>}
      {table && <section className="panel drawer" aria-label={t("tool.table")}><Suspense fallback={null}><AttributeTable name={table} /></Suspense></section>}
      <MapButtons />
      <Status />
      <DropHere />
    </>
  );
}

const setPanel = (panel: Panel | null) => useDesk.setState({ panel });

function LeftPanel({ name, note, children }: { name: Panel; note?: string; children: ReactNode }) {
  const { t } = useWords();
  return (
    <aside className={`panel left ${name}`} aria-label={t(`${name}.title`)}>
      <header className="panel-head">
        <Icon name={name} size={17} /><h2>{t(`${name}.title`)}</h2>{note && <span className="quiet">{note}</span>}
        <button className="icon-button" onClick={() => setPanel(null)} aria-label={t("settings.close")}><Icon name="close" size={15} /></button>
      </header>
      {children}
    </aside>
  );
}

/** The map knows what the left panel and the drawer hide of it. */
function useCover(panel: Panel | null): void {
  const view = useMap((m) => m.view);
  const drawer = useTable((s) => (s.layer ? s.drawer : 0));
  useEffect(() => view?.cover(panel === "imports" ? 536 : 316, drawer), [view, panel, drawer]);
}

function RailButton({ icon, label, on, onClick }: { icon: IconName; label: string; on: boolean; onClick: () => void }) {
  return <button className="rail-button" aria-pressed={on} onClick={onClick}><Icon name={icon} size={20} />{label}</button>;
}

function Opacity({ layer }: { layer: LayerInfo }) {
  const { t, named } = useWords();
  const percent = useDesk((d) => d.opacity[layer.name] ?? 100);
  return <Slider className="opacity" min={0} max={100} step={5} value={percent} onChange={(p) => setOpacity(layer.name, p)} tooltip={{ open: false }} ariaLabelForHandle={`${t("layers.opacity")} ${named(layer)}`} />;
}

/** Esc closes one thing at a time: what is selected, then the swipe between two layers. */
function useEscape(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { tool, selected } = useDesk.getState();
      if (event.key !== "Escape" || event.defaultPrevented || tool !== "pick") return;
      if (selected) select(null, []);
      else if (useReading.getState().swipe) setSwipe(null);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
