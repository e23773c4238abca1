// The standards' tables by their own definitions (layers/standard): what is added there is offered here.
const of = (key: string) => key.replace(/^.*\/|\.json$/g, "");
const titles = import.meta.glob<string>("../../../layers/standard/*.json", { eager: true, import: "title" });
const english = import.meta.glob<string>("../../../layers/standard/*.json", { eager: true, import: "titleEn" });
const themes = import.meta.glob<string>("../../../layers/standard/*.json", { eager: true, import: "theme" });

export type Standard = { name: string; title: string; titleEn: string; theme: string };

/** The tables that files can be mapped to, as people read them. Those of the synthetic county itself are left out. */
export const standards: Standard[] = Object.keys(titles)
  .map((key) => ({ name: of(key), title: titles[key], titleEn: english[key], theme: themes[key] }))
  .filter((s) => !s.name.startsWith("demo_"));
