import type { LayerInfo } from "../api/types";

/** The layers whose past is not kept: they are always of now. */
export const timelessOf = (layers: LayerInfo[]): ReadonlySet<string> => new Set(layers.filter((l) => !l.tracked).map((l) => l.name));
