import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useWords } from "../i18n";
import { toZone } from "../lib/gauss";
import { pieces } from "../lib/marks";
import { useDesk } from "../state/desk";
import { Icon } from "../ui/icons";
import { LayerSign } from "./LayerSign";
import { goTo, useFinding, type Found } from "./useFinding";

/** The one search field: names, numbers, coordinates. Arrows choose, Enter goes, Esc leaves. */
export function Search({ hint }: { hint?: string }) {
  const { t, named } = useWords();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const { found, layers, incomplete, failed, busy, settled } = useFinding(text);
  const chosen = Math.min(at, found.length - 1);
  useShortcut(field);

  const go = (one: Found | undefined) => {
    if (!one) return;
    goTo(one);
    setOpen(false);
    field.current?.blur();
  };
  const clear = () => {
    setText("");
    useDesk.setState({ pin: null });
    field.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move && found.length > 0 && !event.nativeEvent.isComposing) {
      event.preventDefault();
      setOpen(true);
      setAt((chosen + move + found.length) % found.length);
    }
    if (event.key === "Enter" && !event.nativeEvent.isComposing) go(found[chosen]);
    if (event.key === "Escape") {
      event.stopPropagation();
      if (open && text) setOpen(false);
      else field.current?.blur();
    }
  };
  const asking = text.trim() !== "";
  const shown = open && asking;
  const heads = (i: number) => i === 0 || group(found[i - 1]) !== group(found[i]);
  const groupName = (f: Found) => (f.hit ? named(layers.get(f.hit.layer) ?? { name: f.hit.layer }) : t("search.coordinate"));
  useEffect(() => {
    if (shown && chosen >= 0) document.getElementById(`${id}${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [id, shown, chosen]);
  return (
    <div className="search" role="search" onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && setOpen(false)}>
      <Icon name="search" size={17} />
      <input ref={field} value={text} placeholder={t("search.placeholder")} aria-label={t("search.label")} role="combobox" aria-expanded={shown} aria-controls={`${id}list`}
        aria-autocomplete="list" aria-activedescendant={shown && chosen >= 0 ? `${id}${chosen}` : undefined} autoComplete="off" spellCheck={false} enterKeyHint="search"
        onChange={(e) => { setText(e.target.value); setAt(0); setOpen(true); }} onFocus={() => setOpen(true)} onKeyDown={press} />
      {text ? <button className="icon-button" onClick={clear} aria-label={t("search.clear")}><Icon name="close" size={14} /></button> : hint && <kbd>{hint}</kbd>}
      <div className="found" hidden={!open}>
        {!asking && <Examples take={(example) => { setText(example); setAt(0); field.current?.focus(); }} />}
        <ul role="listbox" id={`${id}list`} aria-label={t("search.label")} hidden={!asking} aria-busy={busy}>
          {found.flatMap((f, i) => [
            heads(i) && <li key={group(f)} role="presentation" className="group">{f.hit && <LayerSign name={f.hit.layer} />}{groupName(f)}</li>,
            <li key={f.key} id={`${id}${i}`} role="option" aria-selected={i === chosen} onPointerDown={(e) => e.preventDefault()} onPointerMove={() => setAt(i)} onClick={() => go(f)}><Line found={f} /></li>,
          ])}
        </ul>
        {asking && found.length === 0 && <p className="empty" role="status">{failed ? t("search.failed") : busy || !settled ? t("search.busy") : t("search.none", { text: text.trim() })}</p>}
        {asking && settled && incomplete.length > 0 && <p className="found-note" role="status">{t("search.incomplete", { layers: incomplete.map((name) => named(layers.get(name) ?? { name })).join(t("search.and")) })}</p>}
      </div>
    </div>
  );
}

/** What may be typed, before anything is. */
function Examples({ take }: { take: (example: string) => void }) {
  const { t } = useWords();
  return (
    <ul className="examples" aria-label={t("search.examples")}>
      {(["place", "initials", "number", "where"] as const).map((kind) => (
        <li key={kind}>
          <button tabIndex={-1} onPointerDown={(e) => e.preventDefault()} onClick={() => take(t(`search.example.${kind}`))}>
            <b>{t(`search.example.${kind}`)}</b><span className="quiet">{t(`search.exampleOf.${kind}`)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

const group = (f: Found) => f.hit?.layer ?? "coordinate";

function Line({ found: { reading, hit } }: { found: Found }) {
  const { t } = useWords();
  if (hit) return <><Icon name="pin" size={16} /><span className="found-title">{pieces(hit.title, hit.marks).map((p, i) => (p.marked ? <mark key={i}>{p.text}</mark> : p.text))}</span><span className="quiet">{hit.subtitle}</span></>;
  const { x, y, zone } = toZone(reading.at[0], reading.at[1], reading.zone);
  const other = reading.kind === "zone" ? "" : `X ${x.toFixed(1)} Y ${zone}${y.toFixed(1)}`;
  return (
    <>
      <Icon name="pin" size={16} />
      <span className="found-title">{reading.at[0].toFixed(6)}, {reading.at[1].toFixed(6)}</span>
      <span className="quiet">{t(`search.${reading.kind}`, { zone: reading.zone })}{other && ` · ${other}`}</span>
    </>
  );
}

/** Ctrl K, or a slash, and typing begins. */
function useShortcut(field: React.RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      const typing = (event.target as HTMLElement).closest?.("input, textarea");
      if (!((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") && !(event.key === "/" && !typing)) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [field]);
}
