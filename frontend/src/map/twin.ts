import { Map as MapLibre, type StyleSpecification } from "maplibre-gl";
import { dress, type Dress } from "./dress";
import { fonts } from "./fonts";
import { supplyImages } from "./images";
import type { MapView } from "./view";

/** A second map over the first, that goes where it goes and shows another moment. It takes no part in clicks. */
export class Twin {
  private readonly map: MapLibre;
  private readonly follow: () => void;

  constructor(container: HTMLElement, private readonly first: MapView) {
    const { center, zoom } = this.place();
    this.map = new MapLibre({
      container, center, zoom, interactive: false, attributionControl: false, localIdeographFontFamily: fonts, fadeDuration: 0, maxZoom: 20.5, renderWorldCopies: false,
      style: { version: 8, sources: {}, layers: [] },
    });
    supplyImages(this.map);
    this.follow = () => void this.map.jumpTo(this.place());
    first.map.on("move", this.follow);
    (window as { __twin?: MapLibre }).__twin = this.map; // for journeys and the console
  }

  private place() {
    return { center: this.first.map.getCenter(), zoom: this.first.map.getZoom() };
  }

  draw(style: StyleSpecification, how: Dress): void {
    this.map.setStyle(dress(style, how), { diff: true });
  }

  remove(): void {
    this.first.map.off("move", this.follow);
    this.map.remove();
  }
}
