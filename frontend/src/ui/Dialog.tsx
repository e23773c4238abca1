import { useEffect, useRef, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { useWords } from "../i18n";
import { Icon } from "./icons";

/** A window over the page; the browser keeps the focus in it, and Esc closes it alone. */
export function Dialog({ title, note, onClose, children, className = "" }: { title: string; note?: ReactNode; onClose: () => void; children: ReactNode; className?: string }) {
  const { t } = useWords();
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => box.current?.showModal(), []);
  return createPortal(
    <dialog ref={box} className={`dialog ${className}`} aria-label={title} onClose={onClose} onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
      onClick={(event) => event.target === event.currentTarget && box.current?.close()}>
      <header className="panel-head">
        <h2>{title}</h2>{note}
        <button className="icon-button" onClick={() => box.current?.close()} aria-label={t("settings.close")}><Icon name="close" size={16} /></button>
      </header>
      {children}
    </dialog>,
    document.body,
  );
}
