import type { MapMouseEvent } from "maplibre-gl";
import { create } from "zustand";
import type { LonLat } from "../lib/ellipsoid";
import type { MapView } from "../map/view";
import { useDesk } from "../state/desk";

/** What is being measured: its corners so far, the pointer's place if it is still growing. */
export const useSketch = create<{ points: LonLat[]; moving: LonLat | null; done: boolean }>(() => ({ points: [], moving: null, done: false }));

const empty = { points: [], moving: null, done: false };

/** The line or area a reader draws to measure it: clicks add corners, double click or Enter ends it. */
export class Sketching {
  private finished = 0;
  private readonly stops: (() => void)[];

  constructor(private readonly view: MapView) {
    view.onClick(this.click);
    view.map.on("dblclick", this.doubled);
    view.map.on("mousemove", this.moved);
    window.addEventListener("keydown", this.pressed);
    this.stops = [
      useDesk.subscribe((now, before) => now.tool !== before.tool && this.begin()),
      useSketch.subscribe(() => this.draw()),
      () => window.removeEventListener("keydown", this.pressed),
    ];
  }

  stop(): void {
    this.stops.forEach((stop) => stop());
  }

  /** The click that ends a sketch reaches the map too: it selects nothing. */
  justFinished = (): boolean => performance.now() - this.finished < 350;

  private on = (): boolean => useDesk.getState().tool !== "pick";

  private begin(): void {
    useSketch.setState(empty);
    this.view.hover(null);
    this.view.map.doubleClickZoom[this.on() ? "disable" : "enable"]();
    this.view.map.getCanvas().style.cursor = this.on() ? "crosshair" : "";
  }

  private click = ({ lngLat }: MapMouseEvent): void => {
    if (!this.on() || this.justFinished()) return;
    const { points, done } = useSketch.getState();
    const last = points.at(-1);
    if (!done && last && this.view.map.project(last).dist(this.view.map.project(lngLat)) < 3) return; // the second half of a double click
    useSketch.setState({ points: [...(done ? [] : points), [lngLat.lng, lngLat.lat]], done: false });
  };

  private doubled = (): void => {
    if (this.on()) this.finish();
  };

  private moved = ({ lngLat }: MapMouseEvent): void => {
    const { points, done } = useSketch.getState();
    if (this.on() && points.length > 0 && !done) useSketch.setState({ moving: [lngLat.lng, lngLat.lat] });
  };

  private pressed = (event: KeyboardEvent): void => {
    if (!this.on() || (event.target as HTMLElement).closest?.("input, [role=dialog], [role=listbox]")) return;
    const { points } = useSketch.getState();
    if (event.key === "Enter") this.finish();
    if (event.key === "Backspace" && points.length > 0) useSketch.setState({ points: points.slice(0, -1), done: false });
    if (event.key === "Escape") {
      if (points.length > 0) useSketch.setState(empty);
      else useDesk.setState({ tool: "pick" });
    }
  };

  private finish(): void {
    const { points } = useSketch.getState();
    if (points.length < (useDesk.getState().tool === "area" ? 3 : 2)) return;
    this.finished = performance.now();
    useSketch.setState({ moving: null, done: true });
  }

  private draw(): void {
    const { points, moving } = useSketch.getState();
    const all = moving ? [...points, moving] : points;
    const feature = (geometry: GeoJSON.Geometry): GeoJSON.Feature => ({ type: "Feature", properties: {}, geometry });
    const shape: GeoJSON.Feature[] = [];
    if (useDesk.getState().tool === "area" && all.length > 2) shape.push(feature({ type: "Polygon", coordinates: [[...all, all[0]]] }));
    else if (all.length > 1) shape.push(feature({ type: "LineString", coordinates: all }));
    this.view.put("sketch", [...shape, ...points.map((at) => feature({ type: "Point", coordinates: at }))]);
  }
}
