import { useCatalogue } from "../api/queries";
import { useSketch } from "../draw/sketching";
import { useWords } from "../i18n";
import { areaOf, lengthOf } from "../lib/measure";
import { sayMoment } from "../lib/moment";
import { sidesOf } from "../lib/sides";
import { area, length } from "../lib/units";
import { shownNow, useDesk, type Panel, type Tool } from "../state/desk";
import { leaveTime, openTime, setSwipe, useMoment, useReading } from "../state/reading";
import { closeTable, openTable, useTable } from "../state/table";
import { Icon } from "../ui/icons";

const tools = ["pick", "length", "area"] as const;

/** What the pointer does on the map, one thing at a time, and under it what that is. */
export function Tools({ beside, onShare }: { beside: Panel | null; onShare: () => void }) {
  const { t } = useWords();
  const tool = useDesk((d) => d.tool);
  const timing = useReading((r) => r.timing);
  return (
    <div className={`tools${beside ? ` shifted beside-${beside}` : ""}`}>
      <div className="tool-bar" role="toolbar" aria-label={t("tool.label")}>
        {tools.map((name) => <button key={name} className="tool" aria-pressed={tool === name} onClick={() => useDesk.setState({ tool: name })}><Icon name={name} size={17} />{t(`tool.${name}`)}</button>)}
        <span className="divider" />
        <TableTool />
        <button className="tool" aria-pressed={timing} onClick={() => (timing ? leaveTime() : openTime())}><Icon name="history" size={17} />{t("tool.time")}</button>
        <SwipeTool />
        <span className="divider" />
        <button className="tool" onClick={onShare}><Icon name="share" size={17} />{t("tool.share")}</button>
      </div>
      {tool !== "pick" && <Measured tool={tool} />}
      <Past />
    </div>
  );
}

/** Opens the table of the layer that is selected or, failing that, of the topmost that is shown; closes the one that is open. */
function TableTool() {
  const { t } = useWords();
  const open = useTable((s) => s.layer !== null);
  const layers = useCatalogue().data?.layers ?? [];
  const press = () => {
    if (open) return closeTable();
    const { selected } = useDesk.getState();
    const shown = new Set(shownNow(useDesk.getState(), layers));
    const [top] = layers.filter((l) => shown.has(l.name) && (l.properties ?? []).length > 0).sort((a, b) => b.count - a.count);
    openTable(selected?.layer ?? top?.name ?? layers[0]?.name);
  };
  return <button className="tool" aria-pressed={open} disabled={layers.length === 0} onClick={press}><Icon name="table" size={17} />{t("tool.table")}</button>;
}

/** Lays two layers beside each other; the reader then says which. */
function SwipeTool() {
  const { t } = useWords();
  const swipe = useReading((r) => r.swipe);
  const layers = useCatalogue().data?.layers ?? [];
  const sides = sidesOf(shownNow(useDesk.getState(), layers), layers);
  return <button className="tool" aria-pressed={!!swipe} disabled={!sides} onClick={() => setSwipe(swipe ? null : sides)}><Icon name="compare" size={17} />{t("tool.swipe")}</button>;
}

/** Says loudly that the map is not of now. */
function Past() {
  const { t } = useWords();
  const moment = useMoment();
  if (!moment) return null;
  return <div className="past-mark" role="status"><Icon name="history" size={16} />{t("status.past", { moment: sayMoment(moment) })}<button className="text-button" onClick={leaveTime}>{t("status.toNow")}</button></div>;
}

/** The figure while it is drawn, and how to go on. */
function Measured({ tool }: { tool: Exclude<Tool, "pick"> }) {
  const { t, amount } = useWords();
  const { points, moving, done } = useSketch();
  const all = moving ? [...points, moving] : points;
  const ring = tool === "area" && all.length > 2;
  const [mu, metric] = area(ring ? areaOf(all) : 0);
  const path = length(lengthOf(ring ? [...all, all[0]] : all));
  return (
    <div className="measured" role="status">
      {all.length > 1 && (
        <p className="figure">
          {ring ? <><b>{amount(mu)}</b><span>{amount(metric)}</span><span>{t("feature.perimeter")} {amount(path)}</span></> : <b>{amount(path)}</b>}
        </p>
      )}
      <p className="quiet">{t(done ? "tool.done" : `tool.${tool}Hint`)}</p>
    </div>
  );
}
