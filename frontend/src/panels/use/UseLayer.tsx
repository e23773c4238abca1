import { useMemo, useState } from "react";
import type { LayerInfo } from "../../api/types";
import { useWords } from "../../i18n";
import "../../i18n/reading";
import { sayMoment } from "../../lib/moment";
import { asks, usesOf } from "../../lib/use";
import { useMap } from "../../map/current";
import { useMoment, useReading } from "../../state/reading";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/icons";
import "./use.css";

/** What to type in another program to have this layer there. */
export default function UseLayer({ layer, onClose }: { layer: LayerInfo; onClose: () => void }) {
  const { t, named } = useWords();
  const origin = useOrigin(layer.name);
  const filter = useReading((r) => r.filters[layer.name]);
  const moment = useMoment();
  const asOf = layer.tracked ? moment : null;
  const uses = useMemo(() => usesOf({ origin, layer, filter, asOf }), [origin, layer, filter, asOf]);
  const [client, setClient] = useState(uses[0].client);
  const use = uses.find((u) => u.client === client)!;
  return (
    <Dialog title={t("use.title", { name: named(layer) })} onClose={onClose} className="use">
      <nav aria-label={t("use.clients")}>
        {uses.map((u) => <button key={u.client} aria-pressed={u.client === client} onClick={() => setClient(u.client)}>{t(`use.client.${u.client}`)}</button>)}
      </nav>
      <div className="scroll" tabIndex={0} role="group" aria-label={t(`use.client.${client}`)}>
        {asks({ filter, asOf }) && <p className="asked">{t(client === "qgis" || client === "gdal" ? "use.askedPartly" : "use.asked")}{filter && <code>{filter}</code>}{asOf && <span>{sayMoment(asOf)}</span>}</p>}
        {use.parts.map(({ part, text }) => <Part key={`${client}/${part}`} label={t(`use.part.${part}`)} hint={t(`use.hint.${part}`, { defaultValue: "" })} text={text} />)}
      </div>
    </Dialog>
  );
}

/** Where others reach the server: its own word, which the addresses of its tiles carry. */
function useOrigin(layer: string): string {
  const source = useMap((m) => m.style?.sources[layer]);
  const tiles = source?.type === "vector" ? source.tiles?.[0] : undefined;
  return tiles?.includes("/tiles/") ? tiles.slice(0, tiles.indexOf("/tiles/")) : location.origin;
}

function Part({ label, hint, text }: { label: string; hint: string; text: string }) {
  const { t } = useWords();
  const [said, say] = useState<"copied" | "refused" | null>(null);
  const copy = () => navigator.clipboard.writeText(text).then(() => say("copied"), () => say("refused"));
  return (
    <section>
      <h3>{label}<button className="text-button" onClick={() => void copy()} onBlur={() => say(null)} aria-label={t("use.copy", { name: label })}><Icon name={said === "copied" ? "check" : "copy"} size={14} /><span role="status">{t(`use.${said ?? "copyIt"}`)}</span></button></h3>
      {hint && <p className="quiet">{hint}</p>}
      <pre tabIndex={0}><code>{text}</code></pre>
    </section>
  );
}
