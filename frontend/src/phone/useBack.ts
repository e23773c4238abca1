import { useEffect, useRef } from "react";

/**
 * On a phone the button Back closes what lies over the map, and leaves the page only from the bare map. Over says what does, null =
 * nothing; onBack closes it. One entry of the history stands for all of them.
 */
export function useBack(over: string | null, onBack: () => void): void {
  const entered = useRef(false); // our entry is in the history
  const close = useRef(onBack);
  useEffect(() => void (close.current = onBack));
  useEffect(() => {
    if (over && !entered.current) history.pushState(null, "");
    else if (!over && entered.current) history.back(); // closed by its own button
    entered.current = !!over;
  }, [over]);
  useEffect(() => {
    const back = () => {
      if (!entered.current) return;
      entered.current = false;
      close.current();
    };
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
}
