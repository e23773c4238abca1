import { useEffect, useRef, useState } from "react";
import { useCatalogue } from "../api/queries";
import { useWords } from "../i18n";
import { toZone } from "../lib/gauss";
import { sayMoment } from "../lib/moment";
import { figure, scaleAt, scaleBar } from "../lib/units";
import { useMap } from "../map/current";
import { useDesk } from "../state/desk";
import { useMoment } from "../state/reading";
import { Icon } from "../ui/icons";
import { ImportStatus } from "./ImportStatus";
import type { LonLat } from "../lib/ellipsoid";

/** Where the pointer is, how large the map is drawn, how new the data is, and that it is synthetic. */
export function Status() {
  const { t } = useWords();
  const { data } = useCatalogue();
  const connected = useDesk((d) => d.connected);
  const moment = useMoment();
  const about = t(data?.layers.every((l) => l.synthetic) ? "status.syntheticAll" : "status.syntheticSome");
  return (
    <footer className="status">
      <Pointer />
      <Scale />
      <span className="grow" />
      <ImportStatus />
      {!connected ? <span className="lost" role="alert"><Icon name="alert" size={14} />{t("status.lost")}</span> : moment ? <span className="past-short"><Icon name="history" size={14} />{t("status.pastShort")} {sayMoment(moment)}</span> : <Revision />}
      {data?.synthetic && <span className="sample" title={about}>{t("status.synthetic")}<span className="sample-long">{about}</span></span>}
    </footer>
  );
}

/** The pointer's place is written straight into the page: it changes with every move. */
function Pointer() {
  const { t } = useWords();
  const view = useMap((m) => m.view);
  const [planar, setPlanar] = useState(false);
  const place = useRef<HTMLOutputElement>(null);
  const last = useRef<LonLat | null>(null);
  useEffect(() => {
    if (!view) return;
    const write = () => {
      const [lon, lat] = last.current ?? view.map.getCenter().toArray();
      const p = toZone(lon, lat, 39);
      if (place.current) place.current.textContent = planar ? `X ${p.y ? p.x.toFixed(3) : ""}  Y ${p.zone}${p.y.toFixed(3)}` : `${lon.toFixed(6)}°E  ${lat.toFixed(6)}°N`;
    };
    const move = ({ lngLat }: { lngLat: { lng: number; lat: number } }) => {
      last.current = [lngLat.lng, lngLat.lat];
      write();
    };
    write();
    view.map.on("mousemove", move);
    view.map.on("move", write);
    return () => {
      view.map.off("mousemove", move);
      view.map.off("move", write);
    };
  }, [view, planar]);
  return (
    <button className="pointer" onClick={() => setPlanar(!planar)} title={t(planar ? "status.toDegrees" : "status.toZone")}>
      <span>CGCS2000</span><output ref={place} aria-label={t("status.coordinate")} /><Icon name="swap" size={13} />
    </button>
  );
}

function Scale() {
  const { t, amount } = useWords();
  const view = useMap((m) => m.view);
  const [{ zoom, lat }, setView] = useState({ zoom: 10, lat: 35.8 });
  useEffect(() => {
    if (!view) return;
    const look = () => setView(view.view());
    look();
    view.map.on("zoom", look);
    view.map.on("moveend", look);
    return () => {
      view.map.off("zoom", look);
      view.map.off("moveend", look);
    };
  }, [view]);
  const { metres, width } = scaleBar(zoom, lat, 96);
  const scale = scaleAt(zoom, lat);
  const round = 10 ** Math.max(0, Math.floor(Math.log10(scale)) - 2);
  return (
    <>
      <span className="scale-bar"><i style={{ width }} />{amount(metres < 1000 ? { value: figure(metres), unit: "m" } : { value: figure(metres / 1000), unit: "km" })}</span>
      <span>{t("status.scale")} <b>1:{figure(Math.round(scale / round) * round)}</b></span>
      <span className="level">{t("status.level")} <b>{zoom.toFixed(1)}</b></span>
    </>
  );
}

function Revision() {
  const { t, english } = useWords();
  const { data } = useCatalogue();
  const heardAt = useDesk((d) => d.position);
  const heard = useDesk((d) => d.heard);
  const position = Math.max(heardAt, data?.position ?? 0);
  const time = heard && new Date(heard).toLocaleTimeString(english ? "en-GB" : "zh-CN", { hour12: false });
  return <span className="revision"><i className="live" aria-hidden="true" />{t("status.revision", { position: figure(position) })}{time && ` · ${t("status.updated", { time })}`}</span>;
}
