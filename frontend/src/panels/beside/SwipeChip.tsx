import { useCatalogue } from "../../api/queries";
import type { LayerInfo } from "../../api/types";
import { useWords } from "../../i18n";
import { sidesOf } from "../../lib/sides";
import { shownNow, useDesk } from "../../state/desk";
import { setSwipe } from "../../state/reading";
import { Icon } from "../../ui/icons";

/** Lays a layer beside another, to the left of the handle. */
export function SwipeChip({ layer, onStart }: { layer: LayerInfo; onStart?: () => void }) {
  const { t, named } = useWords();
  const layers = useCatalogue().data?.layers ?? [];
  if (layer.geometryType === "" || layer.style.kind === "none") return null;
  const start = () => {
    const sides = sidesOf(shownNow(useDesk.getState(), layers), layers, layer.name);
    if (!sides) return;
    setSwipe(sides);
    onStart?.();
  };
  return <button className="chip" onClick={start} aria-label={t("layers.swipeOf", { name: named(layer) })}><Icon name="compare" size={14} />{t("tool.swipe")}</button>;
}
