import { Dropdown } from "antd";
import { useWords } from "../i18n";
import { Search } from "../panels/Search";
import { enter } from "../panels/enter";
import { useDesk, workAreas } from "../state/desk";
import { setLang, setTheme, useSettings } from "../state/settings";
import { Icon, Sign } from "../ui/icons";

/** Name, work areas, search, language and appearance. */
export function Bar() {
  const { t, english } = useWords();
  const area = useDesk((d) => d.area);
  return (
    <header className="bar">
      <h1><Sign />{t("title")}</h1>
      <nav aria-label={t("area.label")}>
        {workAreas.map((name) => <button key={name} className="work-area" aria-pressed={area === name} onClick={() => void enter(name)}>{t(`area.${name}`)}</button>)}
      </nav>
      <Search hint="Ctrl K" />
      <button className="bar-button" lang={english ? "zh-CN" : "en"} onClick={() => setLang(english ? "zh" : "en")} aria-label={t("settings.languageLabel")}>{t("settings.language")}</button>
      <Appearance />
    </header>
  );
}

function Appearance() {
  const { t } = useWords();
  const theme = useSettings((s) => s.theme);
  const follows = useSettings((s) => s.follows);
  const item = (key: "light" | "dark" | "system", icon: "sun" | "moon" | "system") => ({ key, label: t(`settings.${key}`), icon: <Icon name={icon} size={16} /> });
  return (
    <Dropdown trigger={["click"]} menu={{ items: [item("light", "sun"), item("dark", "moon"), item("system", "system")], selectable: true, selectedKeys: [follows ? "system" : theme], onClick: ({ key }) => setTheme(key as "light" | "dark" | "system") }}>
      <button className="bar-button icon" aria-label={t("settings.theme")} title={t("settings.theme")} aria-haspopup="menu"><Icon name={theme === "dark" ? "moon" : "sun"} size={18} /></button>
    </Dropdown>
  );
}
