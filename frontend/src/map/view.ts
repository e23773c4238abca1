import { Map as MapLibre, Marker, Popup, type FeatureIdentifier, type GeoJSONSource, type MapGeoJSONFeature, type MapMouseEvent, type StyleSpecification, type VectorTileSource } from "maplibre-gl";
import "./start";
import type { Bounds, Found } from "../api/types";
import { askedSources, type Asked } from "../lib/asked";
import type { LonLat } from "../lib/ellipsoid";
import { faded, groundOpacity, markOf } from "../lib/style";
import { dress, type Dress } from "./dress";
import { fonts } from "./fonts";
import { Freshness } from "./freshness";
import { supplyImages } from "./images";
import { withOverlays, type Overlay } from "./overlay";

const county: Bounds = [115.87, 35.61, 116.37, 35.98];

export type View = { zoom: number; lat: number; lon: number };

/** A second map that lies over part of the first. */
export type Beside = { map: MapLibre; freshness: Freshness; covers: (x: number) => boolean; ofNow: boolean };

/** The map on the screen, and the only thing that talks to MapLibre. It lives outside React: panels never redraw it. */
export class MapView {
  readonly map: MapLibre;
  readonly freshness: Freshness;
  private drawn: StyleSpecification | undefined; // as the server made it
  private asked: Asked = { filters: {}, asOf: null };
  private data: Partial<Record<Overlay, GeoJSON.GeoJSON>> = {};
  private readonly mirrors = new Set<(overlay: Overlay, data: GeoJSON.GeoJSON) => void>();
  private marker: Marker | undefined;
  private hovered = "";
  private tinted: { map: MapLibre; area: FeatureIdentifier } | null = null;
  private beside: Beside | null = null;
  private readonly looks = new Set<() => void>();
  private covered = { left: 316, bottom: 0 }; // pixels of the map under the left panel and the drawer

  constructor(container: HTMLElement, view: View | undefined, locale: Record<string, string>, private readonly reach: number) {
    this.map = new MapLibre({
      container, locale, attributionControl: false, localIdeographFontFamily: fonts, minZoom: 6, maxZoom: 20.5, fadeDuration: 140,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, rollEnabled: false, renderWorldCopies: false,
      style: { version: 8, sources: {}, layers: [] },
      ...(view ? { center: [view.lon, view.lat], zoom: view.zoom } : { bounds: county, fitBoundsOptions: { padding: this.padding(container) } }),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    supplyImages(this.map);
    this.freshness = new Freshness(this.map);
    this.map.on("idle", this.rested);
    (window as { __map?: MapLibre }).__map = this.map; // for journeys and the console
  }

  /** Draws a style as the server made it, dressed as the reader has it. */
  draw(style: StyleSpecification, how: Dress): void {
    this.drawn = style;
    this.asked = how.asked;
    this.map.setStyle(withOverlays(dress(style, how), how.dark, this.data), { diff: true });
  }

  /** Asks the layers for other features, or for another moment: what is drawn stays until the answer is there. */
  ask(asked: Asked, timeless: ReadonlySet<string>): void {
    if (!this.drawn) return;
    const [before, now] = [this.asked, asked].map((a) => askedSources(this.drawn!.sources, a, timeless));
    this.asked = asked;
    for (const [name, source] of Object.entries(now)) {
      const tiles = (of: typeof source) => ("tiles" in of ? (of.tiles ?? []) : []);
      if (tiles(source).join() !== tiles(before[name]).join()) this.map.getSource<VectorTileSource>(name)?.setTiles(tiles(source));
    }
  }

  /** Shows and hides layers of the style that is drawn. */
  show(shown: string[]): void {
    const on = new Set(shown);
    for (const layer of this.drawn?.layers ?? []) {
      const name = markOf(layer)["onemap:layer"];
      if (!name || !this.map.getLayer(layer.id)) continue;
      if (layer.id.endsWith(":ground")) {
        this.map.setPaintProperty(layer.id, "fill-opacity", groundOpacity(this.drawn!.layers, on));
        continue;
      }
      const now = on.has(name) ? "visible" : "none";
      if (this.map.getLayoutProperty(layer.id, "visibility") !== now) this.map.setLayoutProperty(layer.id, "visibility", now);
    }
  }

  /** Fades one layer: 100 is as the style has it. */
  fade(name: string, percent: number): void {
    for (const layer of this.drawn?.layers ?? []) {
      if (markOf(layer)["onemap:layer"] !== name || layer.id.endsWith(":ground") || !this.map.getLayer(layer.id)) continue;
      for (const [property, value] of faded(layer, percent / 100)) this.map.setPaintProperty(layer.id, property as never, value as never);
    }
  }

  /** Puts features into one of the page's own overlays. */
  put(overlay: Overlay, features: GeoJSON.Feature[]): void {
    const data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features };
    this.data[overlay] = data;
    this.map.getSource<GeoJSONSource>(overlay)?.setData(data);
    this.mirrors.forEach((tell) => tell(overlay, data));
  }

  /** What is in the overlays now. */
  overlaid(): Partial<Record<Overlay, GeoJSON.GeoJSON>> {
    return this.data;
  }

  /** Tells another map what is put into the overlays; returns how to stop. */
  mirror(tell: (overlay: Overlay, data: GeoJSON.GeoJSON) => void): () => void {
    this.mirrors.add(tell);
    return () => void this.mirrors.delete(tell);
  }

  /** Lays another map over this one, or takes it away. */
  lay(beside: Beside | null): void {
    this.hover(null);
    this.beside = beside;
    beside?.map.on("idle", this.rested);
  }

  /** Whether a point of the screen belongs to the map that lies over this one. */
  isBeside = ({ x }: { x: number }): boolean => !!this.beside?.covers(x);

  /** Draws anew what a change touched, on every map that shows now. */
  refresh(of: (freshness: Freshness) => void, now: boolean): void {
    if (now) of(this.freshness);
    if (this.beside?.ofNow) of(this.beside.freshness);
  }

  /** Calls back when all that is to be seen is there; returns how to stop. */
  onRest(look: () => void): () => void {
    this.looks.add(look);
    return () => void this.looks.delete(look);
  }

  private rested = (): void => this.looks.forEach((look) => look());

  private mapAt = (point: { x: number }): MapLibre => (this.isBeside(point) ? this.beside!.map : this.map);

  /** The number of the finding at a point of the screen; null if there is none. */
  findingAt({ x, y }: { x: number; y: number }): number | null {
    if (!this.map.getLayer("findings:dot")) return null;
    const [top] = this.map.queryRenderedFeatures([[x - this.reach, y - this.reach], [x + this.reach, y + this.reach]], { layers: ["findings:dot"] });
    return top ? Number(top.properties.no) : null;
  }

  /** What is drawn at a point of the screen, topmost first, each feature once. */
  at(point: { x: number; y: number }): Found[] {
    const exact = this.features(point, 0);
    const near = this.features(point, this.reach).filter((f) => !f.geometry.type.includes("Polygon"));
    const found = new Map<string, Found>();
    for (const f of [...near, ...exact]) {
      const layer = markOf(f.layer as never)["onemap:layer"]!;
      found.set(`${layer}/${f.id}`, { layer, id: String(f.id), properties: f.properties });
    }
    return [...found.values()];
  }

  /** Marks what is under the pointer; tells whether there is anything. */
  hover(point: { x: number; y: number } | null): boolean {
    const [top] = point ? this.features(point, 0) : [];
    const key = top ? `${top.source}/${top.id}/${JSON.stringify(top.properties)}` : "";
    if (key !== this.hovered) {
      this.hovered = key;
      const isArea = top?.geometry.type.includes("Polygon");
      this.put("hover", top && !isArea ? [{ type: "Feature", properties: {}, geometry: top.geometry }] : []);
      this.tint(top && isArea ? { map: this.mapAt(point!), area: { source: top.source, sourceLayer: top.source, id: top.id } } : null);
    }
    return !!top;
  }

  private tint(next: { map: MapLibre; area: FeatureIdentifier } | null): void {
    const { map, area } = this.tinted ?? {};
    if (map && area && map.style && map.getSource(area.source)) map.removeFeatureState(area, "hover");
    next?.map.setFeatureState(next.area, { hover: true });
    this.tinted = next;
  }

  /**
   * Layers of which a mosaic, or lines merged by class, are drawn at a point, topmost first, each with where what they stand for
   * is to be looked for: which features are there, only the server knows.
   */
  mergedAt({ x, y }: { x: number; y: number }): { layer: string; within: Bounds }[] {
    const found = new Map<string, Bounds>();
    const look = (kind: "LineString" | "Polygon", r: number) => {
      const [sw, ne] = [this.map.unproject([x - r, y + r]), this.map.unproject([x + r, y - r])];
      for (const f of this.drawnAt({ x, y }, r)) {
        const layer = markOf(f.layer as never)["onemap:layer"]!;
        if (f.id === undefined && f.geometry.type.endsWith(kind) && !found.has(layer)) found.set(layer, [sw.lng, sw.lat, ne.lng, ne.lat]);
      }
    };
    look("LineString", this.reach);
    look("Polygon", 0);
    return [...found].map(([layer, within]) => ({ layer, within }));
  }

  /** Where the cluster of points is that is drawn at a point of the screen; null if none is. */
  clusterAt({ x, y }: { x: number; y: number }): LonLat | null {
    const cluster = this.drawnAt({ x, y }, this.reach).find((f) => f.id === undefined && f.geometry.type === "Point" && f.properties.count > 1);
    return cluster ? ((cluster.geometry as GeoJSON.Point).coordinates as LonLat) : null;
  }

  private features(at: { x: number; y: number }, reach: number): MapGeoJSONFeature[] {
    return this.drawnAt(at, reach).filter((f) => f.id !== undefined);
  }

  /** What is drawn within reach of a point, on the map that is seen there. */
  private drawnAt({ x, y }: { x: number; y: number }, reach: number): MapGeoJSONFeature[] {
    const map = this.mapAt({ x });
    if (!map.style || !this.drawn) return [];
    return map.queryRenderedFeatures([[x - reach, y - reach], [x + reach, y + reach]]).filter((f) => markOf(f.layer as never)["onemap:layer"] && !/:(ground|flow)$/.test(f.layer.id));
  }

  /** The values of one property among what is loaded of a layer for this view. */
  valuesInView(layer: string, property: string): Set<string> {
    const maps = [this.map, this.beside?.map].filter((map) => map?.style && map.getSource(layer));
    return new Set(maps.flatMap((map) => map!.querySourceFeatures(layer, { sourceLayer: layer })).map((f) => String(f.properties[property])));
  }

  /** The catalogue's layers that have a source. */
  sources(): string[] {
    return Object.keys(this.drawn?.sources ?? {});
  }

  view(): View {
    const { lng, lat } = this.map.getCenter();
    return { zoom: this.map.getZoom(), lat, lon: lng };
  }

  /** Tells how much of the map the left panel and the drawer below cover. */
  cover(left: number, bottom: number): void {
    this.covered = { left, bottom };
  }

  /** What of the map is seen, in degrees: the drawer hides what is under it. */
  bounds(): Bounds {
    const { clientWidth, clientHeight } = this.map.getContainer();
    const [nw, se] = [this.map.unproject([0, 0]), this.map.unproject([clientWidth, clientHeight - this.covered.bottom])];
    return [nw.lng, se.lat, se.lng, nw.lat].map((degrees) => +degrees.toFixed(6)) as Bounds;
  }

  fit(bounds: Bounds, least = 18): void {
    this.map.fitBounds(bounds, { padding: this.padding(this.map.getContainer()), maxZoom: least, duration: this.pace(700) });
  }

  /** The zoom at which bounds just fit between the panels. */
  zoomFor(bounds: Bounds): number {
    return this.map.cameraForBounds(bounds, { padding: this.padding(this.map.getContainer()) })?.zoom ?? 0;
  }

  home(): void {
    this.fit(county);
  }

  /** Goes to a point, no less near than now. */
  fly([lon, lat]: LonLat, zoom: number): void {
    this.fit([lon, lat, lon, lat], Math.max(zoom, this.map.getZoom()));
  }

  zoomBy(step: number): void {
    this.map.easeTo({ zoom: Math.round(this.map.getZoom() + step), duration: this.pace(200) });
  }

  /** Puts the one pin, or takes it away. */
  pin(at: LonLat | null, label: string): void {
    this.marker?.remove();
    this.marker = undefined;
    if (!at) return;
    const element = document.createElement("div");
    element.className = "pin";
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", label);
    element.innerHTML = '<svg width="30" height="38" viewBox="0 0 30 38"><path d="M15 37S2.5 24.5 2.5 14.5a12.5 12.5 0 0 1 25 0C27.5 24.5 15 37 15 37z" fill="#E8772E" stroke="#fff" stroke-width="2"/><circle cx="15" cy="14.5" r="4.5" fill="#fff"/></svg>';
    this.marker = new Marker({ element, anchor: "bottom" }).setLngLat(at).addTo(this.map);
  }

  /** Puts a card of the page at a place; returns how to take it away. The page closes it. */
  card(at: LonLat, element: HTMLElement): () => void {
    const popup = new Popup({ closeButton: false, closeOnClick: false, maxWidth: "300px", offset: 12, className: "map-card", focusAfterOpen: false }).setLngLat(at).setDOMContent(element).addTo(this.map);
    return () => void popup.remove();
  }

  onClick(handle: (event: MapMouseEvent) => void): void {
    this.map.on("click", handle);
  }

  /** What the panels cover of the map: the middle of the rest is the middle of the view. */
  private padding(container: HTMLElement) {
    const wide = container.clientWidth >= 1024;
    return container.clientWidth < 640 ? { top: 90, bottom: 150, left: 24, right: 24 } : { top: 70, bottom: 40 + this.covered.bottom, left: wide ? this.covered.left + 34 : 40, right: wide && container.clientWidth > 1300 ? 100 : 60 };
  }

  private pace(ms: number): number {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ms;
  }
}
