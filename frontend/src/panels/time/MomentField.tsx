import { useState } from "react";
import { fromField, toField } from "../../lib/moment";

/** A moment that is typed or picked; what lies outside the log is held to its ends. */
export function MomentField({ label, moment, start, onTake }: { label: string; moment: string | null; start: number; onTake: (moment: string) => void }) {
  const [text, setText] = useState(moment ? toField(moment) : "");
  const [known, setKnown] = useState(moment);
  if (known !== moment) {
    setKnown(moment);
    setText(moment ? toField(moment) : "");
  }
  const take = () => {
    const taken = fromField(text);
    if (taken === null) return setText(moment ? toField(moment) : "");
    const held = Math.min(Math.max(Date.parse(taken), start), Date.now() - 1000);
    const said = fromField(toField(held))!;
    if (said !== moment) onTake(said);
    setText(toField(held));
  };
  return <input type="datetime-local" className="input moment" step={1} min={toField(start)} aria-label={label} title={label} value={text} onChange={(e) => setText(e.target.value)} onBlur={take} onKeyDown={(e) => e.key === "Enter" && take()} />;
}
