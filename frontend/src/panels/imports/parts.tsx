import { useEffect, useRef, useState, type ReactNode } from "react";
import type { Problem } from "../../api/client";
import type { Severity } from "../../api/report";
import { useWords } from "../../i18n";
import { howOf } from "../../lib/how";
import { Icon } from "../../ui/icons";

/** As tall as what will come. */
export function Waiting() {
  const { t } = useWords();
  return <div role="status" aria-label={t("import.reading")}>{Array.from({ length: 8 }, (_, i) => <div key={i} className="waiting" style={{ width: `${86 - ((i * 37) % 40)}%` }} />)}</div>;
}

/** How much is done, 0 to 1; null = nobody knows. */
export function Bar({ done, label }: { done: number | null; label: string }) {
  return (
    <div className={`thin-bar wide${done === null ? " unknown" : ""}`} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={done === null ? undefined : Math.round(done * 100)}>
      <i style={{ width: `${(done ?? 0) * 100}%` }} />
    </div>
  );
}

const signs = { error: "stop", warning: "alert", info: "info" } as const;

/** A message with what it means for the import in a sign and a word. */
export function Note({ severity, label, children, action }: { severity: Severity; label?: string; children: ReactNode; action?: ReactNode }) {
  const { t } = useWords();
  return (
    <div className={`note ${severity}`}>
      <Icon name={signs[severity]} size={17} />
      <div><b>{label ?? t(`import.severity.${severity}`)}</b><p>{children}</p>{action}</div>
    </div>
  );
}

/** What the server refused, in its own words. */
export function Trouble({ problem }: { problem: Problem | null }) {
  const { t, english } = useWords();
  if (!problem) return null;
  return <div role="alert"><Note severity="error" label={t("import.refused")}>{(english ? problem.en : problem.zh) || t(problem.status === 0 ? "import.broken" : "error.server")}</Note></div>;
}

/** A field with its name above and a hint below. */
export function Labelled({ label, hint, children }: { label: string; hint?: ReactNode; children: ReactNode }) {
  return <label className="labelled"><span>{label}</span>{children}{hint && <small>{hint}</small>}</label>;
}

/** How the server knows. */
export function How({ phrase }: { phrase: string }) {
  const { t, english } = useWords();
  const known = english ? null : howOf(phrase);
  return known ? t(`import.how.${known.key}`, known.blanks) : phrase;
}

/** One of a few, side by side. */
export function Choices<T extends string>({ label, value, options, onChoose, disabled }: {
  label: string; value: T; options: { value: T; label: string }[]; onChoose: (value: T) => void; disabled?: boolean;
}) {
  return (
    <fieldset className="choices" disabled={disabled}>
      <legend className="unseen">{label}</legend>
      {options.map((o) => <label key={o.value}><input type="radio" name={label} checked={o.value === value} onChange={() => onChoose(o.value)} /><span>{o.label}</span></label>)}
    </fieldset>
  );
}

/** A text that is taken when the field is left or Enter pressed; what `fits` refuses is taken back. */
export function Text({ value, onTake, fits, ...more }: { value: string; onTake: (value: string) => void; fits?: (value: string) => boolean; "aria-label"?: string; disabled?: boolean; maxLength?: number; placeholder?: string; live?: boolean }) {
  const { live, ...rest } = more;
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  const wrong = !!fits && text !== "" && !fits(text);
  const take = () => (wrong ? setText(value) : text !== value && onTake(text.trim()));
  return <input type="text" className="input" spellCheck={false} autoComplete="off" aria-invalid={wrong || undefined} value={text} {...rest} onBlur={take}
    onChange={(e) => { setText(e.target.value); if (live) onTake(e.target.value); }} onKeyDown={(e) => e.key === "Enter" && take()} />;
}

/** A button that wants to be pressed twice. */
export function Sure({ label, sure, onSure, className = "text-button", icon }: { label: string; sure: string; onSure: () => void; className?: string; icon?: ReactNode }) {
  const [asked, setAsked] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const press = () => {
    clearTimeout(timer.current);
    if (asked) return onSure();
    setAsked(true);
    timer.current = setTimeout(() => setAsked(false), 4000);
  };
  const word = asked ? sure : label;
  return <button type="button" className={asked ? "text-button sure" : className} onClick={press} onBlur={() => setAsked(false)} aria-label={word} title={icon ? word : undefined}>{asked || !icon ? word : icon}</button>;
}
