import { App as Antd } from "antd";
import { useEffect, useRef, useState } from "react";
import { useWords } from "../i18n";
import { begin, mostFiles } from "../panels/imports/doing";
import { Icon } from "../ui/icons";

/** Files may be let go anywhere on the desk; while they are held over it, a word says so. */
export function DropHere() {
  const { t } = useWords();
  const { message } = Antd.useApp();
  const [over, setOver] = useState(false);
  const depth = useRef(0); // every element the pointer passes says enter and leave

  useEffect(() => {
    const files = (event: DragEvent) => event.dataTransfer?.types.includes("Files");
    const enter = (event: DragEvent) => {
      if (!files(event)) return;
      depth.current++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (files(event) && --depth.current <= 0) reset();
    };
    const reset = () => {
      depth.current = 0;
      setOver(false);
    };
    const hold = (event: DragEvent) => files(event) && event.preventDefault();
    const drop = (event: DragEvent) => {
      if (!files(event)) return;
      event.preventDefault();
      reset();
      const refused = begin(filesOf(event.dataTransfer!));
      if (refused) void message.warning(t(`import.refuse.${refused}`, { count: mostFiles }));
    };
    const all = { dragenter: enter, dragleave: leave, dragover: hold, drop } as const;
    for (const [name, handle] of Object.entries(all)) window.addEventListener(name as "drop", handle);
    return () => {
      for (const [name, handle] of Object.entries(all)) window.removeEventListener(name as "drop", handle);
    };
  }, [message, t]);

  if (!over) return null;
  return (
    <div className="drop-here" role="status">
      <div><Icon name="imports" size={40} /><p>{t("import.letGo")}</p><p className="quiet">{t("import.letGoHint")}</p></div>
    </div>
  );
}

/** The files that were dropped; a folder is none, it has to be packed first. */
function filesOf(data: DataTransfer): File[] {
  const items = [...data.items].filter((item) => item.kind === "file");
  if (items.some((item) => item.webkitGetAsEntry?.()?.isDirectory)) return [];
  return [...data.files];
}
