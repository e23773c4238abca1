import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { onPage } from "../lib/how";
import type { Amount } from "../lib/units";
import en from "./en.json";
import zh from "./zh.json";

export type Lang = "zh" | "en";

export function startWords(lang: Lang): void {
  void i18next.use(initReactI18next).init({
    lng: lang, fallbackLng: "zh", resources: { zh: { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false }, initAsync: false,
  });
}

/** Words, names and amounts in the reader's language. */
export function useWords() {
  const { t, i18n } = useTranslation();
  const english = i18n.language === "en";
  return {
    t,
    english,
    /** The title of a layer, property or theme. */
    named: (thing: { title?: string; titleEn?: string; name?: string; nameEn?: string }): string =>
      (english ? thing.titleEn || thing.nameEn : "") || thing.title || thing.name || "",
    /** Several names in a row. */
    list: (names: string[]): string => names.join(english ? ", " : "、"),
    /** What the server says in both languages. */
    said: (words: { en: string; zh: string }): string => onPage(english ? words.en : words.zh || words.en),
    amount: ({ value, unit }: Amount): string => `${value} ${t(`unit.${unit}`)}`,
  };
}
