import { useState } from "react";
import { useCatalogue } from "../../api/queries";
import { useWords } from "../../i18n";
import "../../i18n/reading";
import { momentAt } from "../../lib/moment";
import { shownNow, useDesk } from "../../state/desk";
import { leaveTime, useReading, type Compare } from "../../state/reading";
import { Icon } from "../../ui/icons";
import { MomentField } from "./MomentField";
import { Slider } from "./Slider";
import { useLog } from "./useLog";
import "./time.css";

/** The whole map at a past moment, or two moments beside each other. */
export default function TimeBar() {
  const { t } = useWords();
  const compare = useReading((r) => r.compare);
  const layers = useCatalogue().data?.layers;
  const log = useLog();
  const begin = () => {
    const { asOf } = useReading.getState();
    const layer = layers && shownNow(useDesk.getState(), layers).find((name) => layers.find((l) => l.name === name)?.tracked);
    useReading.setState({ asOf: null, compare: { from: asOf ?? momentAt((log?.start ?? 0) + 1000), to: null, layer: layer ?? null } });
  };
  const end = () => useReading.setState(({ compare: was }) => ({ compare: null, asOf: was?.from ?? null }));
  return (
    <section className="panel time" aria-label={t("time.title")}>
      <header>
        <fieldset className="parts">
          <legend className="unseen">{t("time.mode")}</legend>
          <label><input type="radio" name="time" checked={!compare} onChange={end} /><span>{t("time.one")}</span></label>
          <label><input type="radio" name="time" checked={!!compare} onChange={begin} /><span>{t("time.two")}</span></label>
        </fieldset>
        <button className="icon-button" onClick={leaveTime} title={t("time.leave")} aria-label={t("time.leave")}><Icon name="close" size={15} /></button>
      </header>
      {!log ? <div className="waiting" /> : compare ? <Two compare={compare} start={log.start} /> : <One start={log.start} times={log.times} />}
    </section>
  );
}

function One({ start, times }: { start: number; times: number[] }) {
  const { t } = useWords();
  const asOf = useReading((r) => r.asOf);
  const show = (moment: string | null) => useReading.setState({ asOf: moment });
  return (
    <>
      <Slider start={start} times={times} asOf={asOf} onShow={show} />
      <div className="time-row">
        <MomentField label={t("time.moment")} moment={asOf} start={start} onTake={show} />
        <button className="button" disabled={!asOf} onClick={() => show(null)}><i className="live" aria-hidden="true" />{t("time.now")}</button>
      </div>
    </>
  );
}

/** Left and right of the handle, and the layer whose differences are listed. */
function Two({ compare, start }: { compare: Compare; start: number }) {
  const { t, named } = useWords();
  const { data } = useCatalogue();
  const change = (part: Partial<Compare>) => useReading.setState({ compare: { ...compare, ...part } });
  const [until, setUntil] = useState(compare.to !== null);
  return (
    <>
      <div className="time-row">
        <MomentField label={t("time.before")} moment={compare.from} start={start} onTake={(from) => change({ from })} />
        <Icon name="chevron" size={14} />
        {until ? <MomentField label={t("time.after")} moment={compare.to} start={start} onTake={(to) => change({ to })} />
          : <button className="button" onClick={() => { setUntil(true); change({ to: momentAt(Date.now() - 1000) }); }} title={t("time.chooseAfter")}><i className="live" aria-hidden="true" />{t("time.now")}</button>}
        {until && <button className="icon-button" onClick={() => { setUntil(false); change({ to: null }); }} title={t("time.untilNow")} aria-label={t("time.untilNow")}><Icon name="reset" size={15} /></button>}
      </div>
      <label className="time-row"><span>{t("time.differencesOf")}</span>
        <select className="select" value={compare.layer ?? ""} onChange={(e) => change({ layer: e.target.value || null })}>
          <option value="">{t("time.noLayer")}</option>
          {(data?.layers ?? []).filter((l) => l.tracked).map((l) => <option key={l.name} value={l.name}>{named(l)}</option>)}
        </select>
      </label>
    </>
  );
}
