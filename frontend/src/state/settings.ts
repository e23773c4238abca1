import i18next from "i18next";
import { create } from "zustand";
import type { Lang } from "../i18n";

export type Theme = "light" | "dark";

const dark = matchMedia("(prefers-color-scheme: dark)");
const systemTheme = (): Theme => (dark.matches ? "dark" : "light");

// What the reader chose stays chosen in this browser; a link may say otherwise for its own page only.
const remembered = (key: string) => localStorage.getItem(`onemap.${key}`);
const remember = (key: string, value: string | null) => (value ? localStorage.setItem(`onemap.${key}`, value) : localStorage.removeItem(`onemap.${key}`));

type Settings = { theme: Theme; follows: boolean; lang: Lang };

export const useSettings = create<Settings>(() => {
  const theme = remembered("theme");
  const lang = remembered("lang") ?? (navigator.language.startsWith("zh") ? "zh" : navigator.language.startsWith("en") ? "en" : "zh");
  return { theme: theme === "light" || theme === "dark" ? theme : systemTheme(), follows: !theme, lang: lang === "en" ? "en" : "zh" };
});

export function setTheme(theme: Theme | "system"): void {
  remember("theme", theme === "system" ? null : theme);
  useSettings.setState({ theme: theme === "system" ? systemTheme() : theme, follows: theme === "system" });
}

export function setLang(lang: Lang): void {
  remember("lang", lang);
  useSettings.setState({ lang });
}

/** Keeps the document in step with the settings, and the settings with the system. */
export function applySettings(): void {
  const apply = ({ theme, lang }: Settings) => {
    document.documentElement.dataset.theme = theme;
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    if (i18next.language !== lang) void i18next.changeLanguage(lang);
    document.title = i18next.t("title");
  };
  apply(useSettings.getState());
  useSettings.subscribe(apply);
  dark.addEventListener("change", () => useSettings.getState().follows && useSettings.setState({ theme: systemTheme() }));
}
