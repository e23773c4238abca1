import { Map as MapLibre, type GeoJSONSource, type StyleSpecification } from "maplibre-gl";
import { dress, type Dress } from "./dress";
import { fonts } from "./fonts";
import { supplyImages } from "./images";
import { withOverlays } from "./overlay";
import type { MapView } from "./view";

/** A second map over the first, that goes where it goes and shows another moment, under the same overlays. It takes no part in clicks. */
export class Twin {
  private readonly map: MapLibre;
  private readonly follow: () => void;
  private readonly unmirror: () => void;

  constructor(container: HTMLElement, private readonly first: MapView) {
    const { center, zoom } = this.place();
    this.map = new MapLibre({
      container, center, zoom, interactive: false, attributionControl: false, localIdeographFontFamily: fonts, fadeDuration: 0, maxZoom: 20.5, renderWorldCopies: false,
      style: { version: 8, sources: {}, layers: [] },
    });
    supplyImages(this.map);
    this.follow = () => void this.map.jumpTo(this.place());
    first.map.on("move", this.follow);
    this.unmirror = first.mirror((overlay, data) => void this.map.getSource<GeoJSONSource>(overlay)?.setData(data));
    (window as { __twin?: MapLibre }).__twin = this.map; // for journeys and the console
  }

  private place() {
    return { center: this.first.map.getCenter(), zoom: this.first.map.getZoom() };
  }

  draw(style: StyleSpecification, how: Dress): void {
    this.map.setStyle(withOverlays(dress(style, how), how.dark, this.first.overlaid()), { diff: true });
  }

  remove(): void {
    this.first.map.off("move", this.follow);
    this.unmirror();
    this.map.remove();
  }
}
