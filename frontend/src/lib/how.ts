// How the server knows an encoding or a coordinate system is one English phrase (layers/format). These are the phrases that
// have words of their own in other languages, with what stands in them; any other is shown as it is.
const phrases: [RegExp, string, ...string[]][] = [
  [/^as told$/, "told"],
  [/^proposed and accepted$/, "accepted"],
  [/^\.prj$/, "prj"],
  [/^\.cpg says (.+)$/, "cpg", "name"],
  [/^LDID (\S+) in the \.dbf/, "ldid", "code"],
  [/^there is no \.dbf, hence no text$/, "noText"],
  [/^as the XML says$/, "xml"],
  [/^all text is ASCII$/, "ascii"],
  [/^all text is valid UTF-8$/, "utf8"],
  [/^(\d+) of (\d+) values beyond ASCII are valid UTF-8$/, "mostUtf8", "some", "all"],
  [/^all text reads as (\S+): (\d+) % of (\d+) characters beyond ASCII are common ones$/, "reads", "name", "share", "count"],
  [/^letters beyond ASCII stand alone within words/, "european"],
  [/^nothing (?:else fits|fits better)$/, "guess"],
  [/^the zone number in the eastings$/, "zoneNumber"],
  [/^(.+) is always (.+)$/, "always", "format", "name"],
  [/^the (.+)$/, "file", "format"],
];

/** The key of import.how that says a phrase, and its blanks; null where there is none. */
export function howOf(phrase: string): { key: string; blanks: Record<string, string> } | null {
  for (const [pattern, key, ...names] of phrases) {
    const found = pattern.exec(phrase);
    if (found) return { key, blanks: Object.fromEntries(names.map((name, i) => [name, found[i + 1]])) };
  }
  return null;
}

/** Words of the server without the options of the command line, which here are buttons. */
export const onPage = (text: string): string => text.replace(/\s*[（(](?:参见 |see )?--[^）)]*[）)]/g, "").replace(/; accept it with --fix-crs, or say --srid$/, "; accept this, or say the system");
