import i18next from "i18next";
import en from "./reading.en.json";
import zh from "./reading.zh.json";

// The words of table, filter, history, time and use come with the first of these that is opened.
for (const [part, words] of Object.entries(zh)) i18next.addResourceBundle("zh", "translation", { [part]: words }, true);
for (const [part, words] of Object.entries(en)) i18next.addResourceBundle("en", "translation", { [part]: words }, true);
