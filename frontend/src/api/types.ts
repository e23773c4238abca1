/** What the server says, in its own words (layers/layer.go). */

export type Property = {
  name: string; title: string; titleEn?: string; description?: string; unit?: string; scheme?: string;
  type: "string" | "integer" | "number" | "boolean" | "date" | "date-time" | "object";
  role?: "" | "area" | "length" | "search" | "hidden"; required?: boolean; width?: number;
};

export type Bounds = [west: number, south: number, east: number, north: number];

export type LayerInfo = {
  name: string; title: string; titleEn: string; description?: string; theme: string; ordinal: number;
  owner?: string; standard?: string; updateCycle?: string; heightDatum?: string; grade: string;
  geometryType: string; writable?: boolean; tracked?: boolean; idField?: string; labelField?: string; synthetic?: boolean;
  properties: Property[] | null; drawing: { minZoom: number; maxZoom?: number };
  style: { kind: string; order: number; colour?: string; by?: string; label?: string; visible?: boolean; preset?: string };
  count: number; bounds?: Bounds; revision: number;
};

export type Code = { code: string; name: string; nameEn?: string; parent?: string; colour?: string; ordinal?: number };

export type Catalogue = { themes: Code[]; layers: LayerInfo[]; position: number; synthetic: boolean };

export type Hit = {
  layer: string; id: string; title: string; subtitle?: string; point?: [number, number]; bounds?: Bounds;
  marks: [number, number][]; // the characters of the title that matched: from, up to
};

/** What a search found, best first; layers of which not all can be found yet. */
export type Hits = { hits: Hit[]; incomplete?: string[] };

/** One feature's address. */
export type FeatureRef = { layer: string; id: string };

/** A feature found on the map, with what its tile says of it. */
export type Found = FeatureRef & { properties: Record<string, unknown> };

export type Feature = GeoJSON.Feature<GeoJSON.Geometry | null, Record<string, unknown>>;

export type Change = { layer: string; position: number; op: string; bounds?: Bounds | null };
/** Tiles of a zoom that were made again, some time after the change they follow; without bounds, all of the layer's. */
export type Remade = { layer: string; zoom: number; bounds?: Bounds };
