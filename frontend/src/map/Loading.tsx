import { useEffect, useState } from "react";
import { useWords } from "../i18n";
import { useMap } from "./current";

const patience = 400; // ms that may pass before anything is said

/** Says that the map is still coming, where that takes longer than a blink, or how far what it waits for has been made. */
export function Loading() {
  const { t } = useWords();
  const drawn = useMap((m) => !!m.style);
  const coming = useComing();
  const making = useMap((m) => m.making);
  const least = Math.min(...Object.values(making));
  if (least < Infinity) return <p className="map-making" role="status">{t("map.making", { percent: Math.floor(100 * least) })}</p>;
  return coming || !drawn ? <div className="map-loading" role="progressbar" aria-label={t("map.loading")} /> : null;
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
