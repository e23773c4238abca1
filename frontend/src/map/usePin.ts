import { useEffect } from "react";
import { useWords } from "../i18n";
import { useDesk } from "../state/desk";
import { useMap } from "./current";

/** The pin stands where the desk says. */
export function usePin(): void {
  const { t } = useWords();
  const view = useMap((m) => m.view);
  const pin = useDesk((d) => d.pin);
  useEffect(() => view?.pin(pin, t("map.pin")), [view, pin, t]);
}
