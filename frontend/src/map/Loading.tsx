import { useEffect, useState } from "react";
import { useLayers } from "../api/queries";
import { useWords } from "../i18n";
import { useMap, type Making } from "./current";

const patience = 400; // ms that may pass before anything is said

/** Says that the map is still coming, where that takes longer than a blink, or how far what it waits for has been made. */
export function Loading() {
  const { t } = useWords();
  const drawn = useMap((m) => !!m.style);
  const coming = useComing();
  const making = useMap((m) => m.making);
  if (Object.keys(making).length > 0) return <MapMaking making={making} />;
  return coming || !drawn ? <div className="map-loading" role="progressbar" aria-label={t("map.loading")} /> : null;
}

/** Which small-scale maps are waited for, and how far each is. */
function MapMaking({ making }: { making: Making }) {
  const { t, named, list } = useWords();
  const layers = useLayers();
  const each = Object.entries(making).map(([name, done]) => t("map.madeOf", { name: named(layers.get(name) ?? { name }), percent: Math.floor(100 * done) }));
  return <p className="map-making" role="status">{t("map.making", { layers: list(each) })}</p>;
}

/** Whether something that the map shows has been on its way for a while. */
function useComing(): boolean {
  const view = useMap((m) => m.view);
  const [coming, setComing] = useState(false);
  useEffect(() => {
    if (!view) return;
    let timer = 0;
    const begin = () => { timer ||= window.setTimeout(() => setComing(true), patience); };
    const end = () => {
      clearTimeout(timer);
      timer = 0;
      setComing(false);
    };
    view.map.on("dataloading", begin);
    const stop = view.onRest(end);
    return () => {
      view.map.off("dataloading", begin);
      stop();
      end();
    };
  }, [view]);
  return coming;
}
