import i18next from "i18next";
import en from "./import.en.json";
import zh from "./import.zh.json";

// The words of imports are the desk's only: the phone does not load them.
i18next.addResourceBundle("zh", "translation", { import: zh }, true);
i18next.addResourceBundle("en", "translation", { import: en }, true);
