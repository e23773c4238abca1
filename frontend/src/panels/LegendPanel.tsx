import { useCatalogue } from "../api/queries";
import { useWords } from "../i18n";
import { shownNow, useDesk } from "../state/desk";
import type { LayerInfo } from "../api/types";
import { ZoomLegend } from "./Legend";

/** The legends of everything that is shown, in the order of the tree. */
export function LegendPanel() {
  const { t } = useWords();
  const layers = useCatalogue().data?.layers ?? [];
  const own = useDesk((d) => d.own);
  const area = useDesk((d) => d.area);
  const shown = new Set(shownNow({ own, area }, layers));
  const some = layers.filter((l) => shown.has(l.name) && l.style.kind !== "none" && l.style.kind !== "label");
  return (
    <div className="scroll legends" tabIndex={0} role="group" aria-label={t("legend.title")}>
      {some.length === 0 && <p className="empty">{t("legend.noLayers")}</p>}
      {some.map((l) => <One key={l.name} layer={l} />)}
    </div>
  );
}

function One({ layer }: { layer: LayerInfo }) {
  const { named } = useWords();
  return <section><h3>{named(layer)}</h3><ZoomLegend layer={layer} /></section>;
}
