import { useWords } from "../i18n";
import { useMap } from "../map/current";
import { Icon } from "../ui/icons";

/** Nearer, farther, all of it. */
export function MapButtons() {
  const { t } = useWords();
  const view = useMap((m) => m.view);
  return (
    <div className="map-buttons">
      <div>
        <button onClick={() => view?.zoomBy(1)} aria-label={t("map.in")} title={t("map.in")}><Icon name="plus" /></button>
        <button onClick={() => view?.zoomBy(-1)} aria-label={t("map.out")} title={t("map.out")}><Icon name="minus" /></button>
      </div>
      <div><button onClick={() => view?.home()} aria-label={t("map.home")} title={t("map.home")}><Icon name="home" /></button></div>
    </div>
  );
}
