import type { ErrorEvent, Map as MapLibre, MapSourceDataEvent } from "maplibre-gl";
import type { Bounds } from "../api/types";
import { around, overlap, tilesOf, type TileAddress } from "../lib/tiles";
import { came, hear } from "./making";

type Touched = { bounds: Bounds; zoom?: number; fresh: Set<string> };

/** What MapLibre adds to the error of a tile that did not come. */
type LostTile = ErrorEvent & { sourceId?: string; tile?: { tileID: { canonical: TileAddress } }; error: { status?: number; body?: Blob } };

/** … and to the news of one that did. */
type HeldTile = MapSourceDataEvent & { tile?: { state: string; tileID: { canonical: TileAddress } } };

export const world: Bounds = [-180, -85, 180, 85];

/** How long until a tile is asked for again, ms, by what the answer was; 0 = none came. */
const waits: Record<number, number | undefined> = { 0: 3000, 502: 3000, 503: 1000, 504: 3000 };

/** … and where it waits for a mosaic: each try keeps the server from making it, and remade says when it is there. */
const mosaicWait = 6000;

const mostTouched = 64;

/**
 * A list one shorter: the two places that lie closest together are one, and of it only those tiles are fresh that were fetched
 * after both changes. Places of one zoom stay as they are.
 */
function joined(list: Touched[]): Touched[] {
  let best: [number, number] = [0, 1];
  let least = Infinity;
  list.forEach((a, i) => list.slice(0, i).forEach((b, j) => {
    if (a.zoom !== undefined || b.zoom !== undefined) return;
    const [west, south, east, north] = around(a.bounds, b.bounds);
    const size = east - west + (north - south);
    if (size < least) [least, best] = [size, [j, i]];
  }));
  const [a, b] = best.map((i) => list[i]);
  const one = { bounds: around(a.bounds, b.bounds), fresh: new Set([...a.fresh].filter((key) => b.fresh.has(key))) };
  return [one, ...list.filter((t) => t !== a && t !== b)];
}

/**
 * Keeps what is drawn as new as the change log. A change refreshes the tiles it touched that are on screen, and
 * remembers it for tiles that come on screen later out of MapLibre's own cache.
 */
export class Freshness {
  private readonly touched = new Map<string, Touched[]>();

  constructor(private readonly map: MapLibre) {
    map.on("moveend", () => this.touched.forEach((_, source) => this.refresh(source)));
    map.on("error", (e: LostTile) => void this.again(e));
    map.on("sourcedata", ({ sourceId, tile }: HeldTile) => {
      if (tile?.state !== "loaded") return;
      const { z, x, y } = tile.tileID.canonical;
      came({ source: sourceId, key: `${z}/${x}/${y}` });
    });
  }

  /**
   * A busy server answers 503 and asks to come back soon; where the line is cut, or a proxy finds no server, nobody says when:
   * the tile is fetched again until it is there, so that no hole stays.
   */
  private async again({ error, sourceId, tile }: LostTile): Promise<void> {
    const usual = waits[error.status ?? 0];
    if (usual === undefined || !sourceId || !tile) {
      console.error(error); // as MapLibre does where nobody listens
      return;
    }
    const { z, x, y } = tile.tileID.canonical;
    const ofMosaic = error.status === 503 && error.body && (await hear({ source: sourceId, key: `${z}/${x}/${y}` }, error.body));
    setTimeout(() => {
      if (this.map.getSource(sourceId)) this.map.refreshTiles(sourceId, [{ z, x, y }]);
    }, (ofMosaic ? mosaicWait : usual) * (1 + Math.random()));
  }

  /** Something of a source changed within bounds; without bounds, anywhere. */
  changed(source: string, bounds: Bounds | null | undefined): void {
    const list = bounds ? [...(this.touched.get(source) ?? []), { bounds, fresh: new Set<string>() }] : [{ bounds: world, fresh: new Set<string>() }];
    this.touched.set(source, list.length > mostTouched ? joined(list) : list);
    this.refresh(source);
  }

  /** Tiles of one zoom were made again within bounds: later than what they show was changed. */
  remade(source: string, zoom: number, bounds: Bounds): void {
    const list = this.touched.get(source) ?? [];
    const before = list.find((t) => t.zoom === zoom);
    const all = before ? around(before.bounds, bounds) : bounds;
    this.touched.set(source, [...list.filter((t) => t !== before), { bounds: all, zoom, fresh: new Set() }]);
    this.refresh(source);
  }

  private refresh(source: string): void {
    if (!this.map.getSource(source)) return;
    const view = this.map.getBounds().toArray().flat() as Bounds;
    const stale = new Map<string, TileAddress>();
    for (const { bounds, zoom, fresh } of this.touched.get(source) ?? []) {
      const both = overlap(view, bounds);
      if (!both) continue;
      for (const tile of this.levels().filter((z) => z === (zoom ?? z)).flatMap((z) => tilesOf(both, z))) {
        const key = `${tile.z}/${tile.x}/${tile.y}`;
        if (fresh.has(key)) continue;
        fresh.add(key);
        stale.set(key, tile);
      }
    }
    if (stale.size > 0) this.map.refreshTiles(source, [...stale.values()]);
  }

  /** The levels whose tiles may be on screen: the view's and the next, and the deepest that sources are overzoomed from. */
  private levels(): number[] {
    const z = Math.floor(this.map.getZoom());
    return [...new Set([z - 1, z, z + 1, 14, 15, 16, 17, 18].filter((level) => level >= 0 && level <= z + 1))];
  }
}
