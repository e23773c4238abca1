import { useCallback, useEffect, useState, type RefObject } from "react";

export const rowHeight = 30;
const headHeight = 34;
const beyond = 8; // rows drawn above and below what is seen
const step = 4; // rows that come and go together

/**
 * The rows that are drawn of very many of one height, as a box scrolls: from first up to last. It is arithmetic; a list of what every
 * row measures, as libraries for rows of any height keep it, takes longer to make than the rows to come.
 */
export function useWindow(box: RefObject<HTMLDivElement | null>, count: number) {
  const [from, setFrom] = useState(0);
  const [rows, setRows] = useState(24);
  useEffect(() => {
    const scroller = box.current!;
    const look = () => {
      setFrom(Math.floor(scroller.scrollTop / rowHeight / step) * step);
      setRows(Math.ceil(scroller.clientHeight / rowHeight));
    };
    const resized = new ResizeObserver(look);
    resized.observe(scroller);
    scroller.addEventListener("scroll", look, { passive: true });
    return () => {
      resized.disconnect();
      scroller.removeEventListener("scroll", look);
    };
  }, [box]);
  const first = Math.max(0, Math.min(from, count - rows) - beyond);
  const last = Math.min(count - 1, from + rows + step + beyond);
  /** Scrolls no further than it takes to see a row. */
  const reveal = useCallback((index: number) => {
    const scroller = box.current!;
    const least = (index + 1) * rowHeight - (scroller.clientHeight - headHeight);
    scroller.scrollTop = Math.max(least, Math.min(scroller.scrollTop, index * rowHeight));
  }, [box]);
  return { first, last, reveal };
}
