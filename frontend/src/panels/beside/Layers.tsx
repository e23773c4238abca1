import { useEffect } from "react";
import { queries, useCatalogue, useLayers } from "../../api/queries";
import type { Catalogue } from "../../api/types";
import { useWords } from "../../i18n";
import "../../i18n/reading";
import { placed, type Side, type Sides } from "../../lib/sides";
import { show, shownNow, useDesk } from "../../state/desk";
import { setSwipe } from "../../state/reading";
import { Icon } from "../../ui/icons";
import { ZoomLegend } from "../Legend";
import "./beside.css";

/** Which layer lies on which side of the handle, each with its legend. */
export default function Layers({ sides }: { sides: Sides }) {
  const { t } = useWords();
  useShown(sides);
  return (
    <section className="panel swiping" aria-label={t("swipe.title")}>
      <header>
        <Icon name="compare" size={17} /><h2>{t("swipe.title")}</h2>
        <button className="icon-button" onClick={() => setSwipe(null)} title={t("swipe.close")} aria-label={t("swipe.close")}><Icon name="close" size={15} /></button>
      </header>
      <div className="sides">
        <One side="left" sides={sides} />
        <button className="icon-button" onClick={() => setSwipe({ left: sides.right, right: sides.left })} title={t("swipe.swap")} aria-label={t("swipe.swap")}><Icon name="swap" size={16} /></button>
        <One side="right" sides={sides} />
      </div>
    </section>
  );
}

function One({ side, sides }: { side: Side; sides: Sides }) {
  const { t, named } = useWords();
  const { data } = useCatalogue();
  const layer = useLayers().get(sides[side]);
  const drawn = (data?.layers ?? []).filter((l) => l.geometryType !== "" && l.style.kind !== "none");
  return (
    <div className={`${side}-side`}>
      <label><span>{t(`swipe.${side}`)}</span>
        <select className="select" value={sides[side]} onChange={(e) => setSwipe(placed(sides, side, e.target.value))} aria-label={t(`swipe.${side}Layer`)}>
          {(data?.themes ?? []).map((theme) => {
            const some = drawn.filter((l) => l.theme === theme.code);
            return some.length > 0 && <optgroup key={theme.code} label={named(theme)}>{some.map((l) => <option key={l.name} value={l.name}>{named(l)}</option>)}</optgroup>;
          })}
        </select>
      </label>
      <div className="scroll" tabIndex={0} role="group" aria-label={t(`swipe.${side}Legend`)}>{layer && <ZoomLegend layer={layer} />}</div>
    </div>
  );
}

/** Both are shown, to begin with: to compare a layer is to look at it. */
function useShown({ left, right }: Sides): void {
  const ready = !!useCatalogue().data;
  useEffect(() => {
    if (!ready) return;
    const { layers } = queries.getQueryData<Catalogue>(["layers"])!;
    const shown = new Set(shownNow(useDesk.getState(), layers));
    [left, right].filter((name) => !shown.has(name)).forEach((name) => show(name, true, layers));
  }, [left, right, ready]);
}
