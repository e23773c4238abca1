import { Map as MapLibre, type GeoJSONSource, type StyleSpecification } from "maplibre-gl";
import { dress, type Dress } from "./dress";
import { fonts } from "./fonts";
import { Freshness } from "./freshness";
import { supplyImages } from "./images";
import { withOverlays } from "./overlay";
import type { Beside, MapView } from "./view";

/**
 * A second map over the left of the first, that goes where it goes and shows another moment or another layer, under the same
 * overlays. Clicks go through to the first, which asks this one about what lies here.
 */
export class Twin implements Beside {
  readonly map: MapLibre;
  readonly freshness: Freshness;
  ofNow = false; // else it stands still
  private percent = 50; // how much of the first it covers
  private readonly follow: () => void;
  private readonly unmirror: () => void;

  constructor(container: HTMLElement, private readonly first: MapView) {
    const { center, zoom } = this.place();
    this.map = new MapLibre({
      container, center, zoom, interactive: false, attributionControl: false, localIdeographFontFamily: fonts, fadeDuration: 0, maxZoom: 20.5, renderWorldCopies: false,
      style: { version: 8, sources: {}, layers: [] },
    });
    supplyImages(this.map);
    this.freshness = new Freshness(this.map);
    this.follow = () => void this.map.jumpTo(this.place());
    first.map.on("move", this.follow);
    this.unmirror = first.mirror((overlay, data) => void this.map.getSource<GeoJSONSource>(overlay)?.setData(data));
    first.lay(this);
    (window as { __twin?: MapLibre }).__twin = this.map; // for journeys and the console
  }

  private place() {
    return { center: this.first.map.getCenter(), zoom: this.first.map.getZoom() };
  }

  covers = (x: number): boolean => x < (this.percent / 100) * this.map.getContainer().clientWidth;

  cover(percent: number): void {
    this.percent = percent;
  }

  draw(style: StyleSpecification, how: Dress): void {
    this.ofNow = how.asked.asOf === null;
    this.map.setStyle(withOverlays(dress(style, how), how.dark, this.first.overlaid()), { diff: true });
  }

  remove(): void {
    this.first.lay(null);
    this.first.map.off("move", this.follow);
    this.unmirror();
    this.map.remove();
  }
}
