/** Two layers on the two sides of a handle; what else is shown lies on both. */
export type Sides = { left: string; right: string };
export type Side = keyof Sides;

/** What is shown on one side: all but the layer that belongs to the other. */
export const shownOn = (side: Side, shown: string[], sides: Sides | null): string[] =>
  sides ? shown.filter((name) => name !== sides[side === "left" ? "right" : "left"]) : shown;

/** Another layer on one side; the one that is already on the other changes places with it. */
export function placed({ left, right }: Sides, side: Side, name: string): Sides {
  if (side === "left") return { left: name, right: name === right ? left : right };
  return { left: name === left ? right : left, right: name };
}

/** What of the catalogue the choice needs to know. */
type Known = { name: string; theme: string; geometryType: string; count: number; style: { by?: string } };

/** The two to begin with: the first, or what is shown, and beside it another theme; areas by class and of most features before others. */
export function sidesOf(shown: string[], layers: Known[], first?: string): Sides | null {
  const areas = layers.filter((l) => l.geometryType.includes("Polygon"));
  const fit = ({ style, count }: Known) => (style.by ? 1e10 : 0) + count;
  const best = (some: Known[]) => some.reduce<Known | undefined>((a, b) => (a && fit(a) >= fit(b) ? a : b), undefined);
  const left = layers.find((l) => l.name === first) ?? best(areas.filter((l) => shown.includes(l.name))) ?? best(areas);
  const right = best(areas.filter((l) => l.theme !== left?.theme)) ?? best(areas.filter((l) => l !== left));
  return left && right && left !== right ? { left: left.name, right: right.name } : null;
}
