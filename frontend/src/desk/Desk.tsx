import { App as Antd, ConfigProvider, Slider, theme as antdTheme } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useCallback, useEffect, useState } from "react";
import type { LayerInfo } from "../api/types";
import { useWords } from "../i18n";
import { fullLink } from "../map/address";
import { useMap } from "../map/current";
import { MapCanvas } from "../map/MapCanvas";
import { usePin } from "../map/usePin";
import { Feature } from "../panels/Feature";
import { LayerTree } from "../panels/LayerTree";
import { LegendPanel } from "../panels/LegendPanel";
import { select, setOpacity, useDesk } from "../state/desk";
import { useSettings } from "../state/settings";
import { Icon, type IconName } from "../ui/icons";
import { useMedia } from "../ui/useMedia";
import { Bar } from "./Bar";
import { MapButtons } from "./MapButtons";
import { Status } from "./Status";
import { Tools } from "./Tools";
import { tokens } from "./tokens";
import "./desk.css";

/** The desk: the map is the page; everything else floats on it and can be closed. */
export default function Desk() {
  const { english } = useWords();
  const theme = useSettings((s) => s.theme);
  return (
    <ConfigProvider locale={english ? enUS : zhCN} theme={{ ...tokens(theme), algorithm: theme === "dark" ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm }}>
      <Antd className="desk" message={{ maxCount: 2, top: 64 }}><Table /></Antd>
    </ConfigProvider>
  );
}

type Panel = "layers" | "legend" | null;

function Table() {
  const wide = useMedia("(min-width: 1024px)");
  const [panel, setPanel] = useState<Panel>(wide ? "layers" : null);
  const { message } = Antd.useApp();
  const { t } = useWords();
  const selected = useDesk((d) => d.selected);
  usePin();
  useEscape();

  const share = useCallback(() => {
    const view = useMap.getState().view;
    if (!view) return;
    navigator.clipboard.writeText(fullLink(view)).then(() => message.success(t("tool.copied")), () => message.warning(t("tool.copyFailed")));
  }, [message, t]);
  const opacity = useCallback((layer: LayerInfo) => <Opacity layer={layer} />, []);

  return (
    <>
      <Bar />
      <nav className="rail" aria-label={t("rail.label")}>
        {(["layers", "legend"] as const).map((name) => <RailButton key={name} icon={name} label={t(`rail.${name}`)} on={panel === name} onClick={() => setPanel(panel === name ? null : name)} />)}
      </nav>
      {panel && (
        <aside className="panel left" aria-label={t(`${panel}.title`)}>
          <header className="panel-head">
            <Icon name={panel} size={17} /><h2>{t(`${panel}.title`)}</h2>{panel === "legend" && <span className="quiet">{t("legend.inView")}</span>}
            <button className="icon-button" onClick={() => setPanel(null)} aria-label={t("settings.close")}><Icon name="close" size={15} /></button>
          </header>
          {panel === "layers" ? <LayerTree opacity={opacity} /> : <LegendPanel />}
        </aside>
      )}
      <main>
        <MapCanvas reach={4} />
      </main>
      <Tools shifted={panel !== null} onShare={share} />
      {selected && <aside className="panel right" aria-label={t("feature.title")}><Feature selected={selected} onShare={share} /></aside>}
      <MapButtons />
      <Status />
    </>
  );
}

function RailButton({ icon, label, on, onClick }: { icon: IconName; label: string; on: boolean; onClick: () => void }) {
  return <button className="rail-button" aria-pressed={on} onClick={onClick}><Icon name={icon} size={20} />{label}</button>;
}

function Opacity({ layer }: { layer: LayerInfo }) {
  const { t, named } = useWords();
  const percent = useDesk((d) => d.opacity[layer.name] ?? 100);
  return <Slider className="opacity" min={0} max={100} step={5} value={percent} onChange={(p) => setOpacity(layer.name, p)} tooltip={{ open: false }} ariaLabelForHandle={`${t("layers.opacity")} ${named(layer)}`} />;
}

/** Esc closes what is selected. */
function useEscape(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === "Escape" && useDesk.getState().tool === "pick") select(null, []);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
