import { useSketch } from "../draw/sketching";
import { useWords } from "../i18n";
import { areaOf, lengthOf } from "../lib/measure";
import { area, length } from "../lib/units";
import { useDesk, type Panel, type Tool } from "../state/desk";
import { Icon } from "../ui/icons";

const tools = ["pick", "length", "area"] as const;

/** What the pointer does on the map, one thing at a time, and under it what that is. */
export function Tools({ beside, onShare }: { beside: Panel | null; onShare: () => void }) {
  const { t } = useWords();
  const tool = useDesk((d) => d.tool);
  return (
    <div className={`tools${beside ? ` shifted beside-${beside}` : ""}`}>
      <div className="tool-bar" role="toolbar" aria-label={t("tool.label")}>
        {tools.map((name) => <button key={name} className="tool" aria-pressed={tool === name} onClick={() => useDesk.setState({ tool: name })}><Icon name={name} size={17} />{t(`tool.${name}`)}</button>)}
        <span className="divider" />
        <button className="tool" onClick={onShare}><Icon name="share" size={17} />{t("tool.share")}</button>
      </div>
      {tool !== "pick" && <Measured tool={tool} />}
    </div>
  );
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
