import type { Map as MapLibre } from "maplibre-gl";

// Images of the style are drawn here when it first asks for them: hatch-RRGGBB, arrow-RRGGBB, icon-<code>-RRGGBB.

const ratio = 2;
type Pen = CanvasRenderingContext2D;

/** Gives the map whatever image its style names. */
export function supplyImages(map: MapLibre): void {
  map.setMissingStyleImageResolver((id) => {
    const parts = /^(hatch|arrow|icon)-(?:(.*)-)?([0-9A-F]{6})$/i.exec(id);
    if (!parts || map.hasImage(id)) return;
    const [, kind, code, hex] = parts;
    const colour = `#${hex}`;
    const image = kind === "hatch" ? hatch(colour) : kind === "arrow" ? arrow(colour) : badge(code ?? "any", colour);
    map.addImage(id, image, { pixelRatio: ratio });
  });
}

function canvas(size: number, draw: (pen: Pen) => void): ImageData {
  const surface = document.createElement("canvas");
  surface.width = surface.height = size * ratio;
  const pen = surface.getContext("2d", { willReadFrequently: true })!;
  pen.scale(ratio, ratio);
  draw(pen);
  return pen.getImageData(0, 0, surface.width, surface.height);
}

const hatch = (colour: string) =>
  canvas(8, (pen) => {
    pen.fillStyle = colour + "1A";
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = colour;
    pen.lineWidth = 1.3;
    for (const shift of [-8, 0, 8]) {
      pen.beginPath();
      pen.moveTo(shift - 1, 9);
      pen.lineTo(shift + 9, -1);
      pen.stroke();
    }
  });

const arrow = (colour: string) =>
  canvas(14, (pen) => {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.8;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(5, 3);
    pen.lineTo(9.5, 7);
    pen.lineTo(5, 11);
    pen.stroke();
  });

// Signs on a field of 16, drawn in white lines on the badge.
const signs: Record<string, string> = {
  school: "M1.5 6.5 8 3.5l6.5 3L8 9.5zM4.3 8v3.2c2.3 1.7 5.1 1.7 7.4 0V8",
  kindergarten: "M8 3.2a2 2 0 1 1 0 4 2 2 0 0 1 0-4M3.5 13c.5-3 2.3-4.6 4.5-4.6s4 1.6 4.5 4.6",
  hospital: "M8 3.5v9M3.5 8h9",
  clinic: "M8 4.5v7M4.5 8h7M3 3h10v10H3z",
  government: "M8 2.8l1.6 3.3 3.6.5-2.6 2.5.6 3.6L8 11l-3.2 1.7.6-3.6L2.8 6.6l3.6-.5z",
  police: "M8 2.8l4.5 1.7v3.3c0 2.8-2 4.6-4.5 5.5-2.5-.9-4.5-2.7-4.5-5.5V4.5z",
  fire: "M8 2.8c.5 2.2 3.6 3.5 3.6 6.6a3.6 3.6 0 0 1-7.2 0c0-1.5.8-2.3 1.5-3 .2 1 .6 1.5 1.2 1.7C7 6.3 7 4.5 8 2.8",
  market: "M3 5.5h10l-.8 7.5H3.8zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  stadium: "M2.5 8a5.5 3.8 0 1 0 11 0 5.5 3.8 0 1 0-11 0M5.5 8a2.5 1.5 0 1 0 5 0 2.5 1.5 0 1 0-5 0",
  library: "M8 4.5C6.5 3.5 4.5 3.3 2.8 3.6v8.6c1.7-.3 3.7-.1 5.2.9 1.5-1 3.5-1.2 5.2-.9V3.6C11.5 3.3 9.5 3.5 8 4.5zM8 4.5v8.6",
  park: "M8 2.5 4 7.5h2L3.5 11h9L10 7.5h2zM8 11v2.8",
  station: "M4 3h8v7.5H4zM4 7h8M6 13l.7-2.5M10 13l-.7-2.5",
  elderly: "M8 13C4 10.3 2.8 8.3 2.8 6.3A2.6 2.6 0 0 1 8 5.3a2.6 2.6 0 0 1 5.2 1c0 2-1.2 4-5.2 6.7z",
  waterworks: "M8 2.8c2.4 2.8 3.7 4.7 3.7 6.5a3.7 3.7 0 0 1-7.4 0c0-1.8 1.3-3.7 3.7-6.5z",
  sewage: "M2.5 6c1.8-1.5 3.7-1.5 5.5 0s3.7 1.5 5.5 0M2.5 10.5c1.8-1.5 3.7-1.5 5.5 0s3.7 1.5 5.5 0",
  substation: "M9 2.5 4.5 9H8l-1 4.5L11.5 7H8z",
  port: "M8 5v8.3M8 5a1.4 1.4 0 1 0 0-2.8A1.4 1.4 0 0 0 8 5M5.5 7h5M3 9.5c.5 2.6 2.4 3.8 5 3.8s4.5-1.2 5-3.8",
};

const badge = (code: string, colour: string) =>
  canvas(26, (pen) => {
    pen.beginPath();
    pen.arc(13, 13, 10.5, 0, 2 * Math.PI);
    pen.shadowColor = "rgba(16,32,40,.35)";
    pen.shadowBlur = 4;
    pen.fillStyle = "#fff";
    pen.fill();
    pen.shadowColor = "transparent";
    pen.beginPath();
    pen.arc(13, 13, 9.3, 0, 2 * Math.PI);
    pen.fillStyle = colour;
    pen.fill();
    pen.strokeStyle = "#fff";
    pen.lineWidth = 1.5;
    pen.lineCap = pen.lineJoin = "round";
    pen.translate(13 - 6.4, 13 - 6.4);
    pen.scale(0.8, 0.8);
    if (signs[code]) return pen.stroke(new Path2D(signs[code]));
    pen.beginPath();
    pen.arc(8, 8, 2.6, 0, 2 * Math.PI);
    pen.fillStyle = "#fff";
    pen.fill();
  });
