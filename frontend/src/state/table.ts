import { create } from "zustand";
import { opened } from "./desk";

export type Only = "all" | "view" | "chosen";

type Table = {
  layer: string | null; // whose table is open
  sort: string; // as the server takes it: -tbmj; "" = the order of the key
  only: Only;
  chosen: ReadonlySet<string>; // ids of rows that are marked
  column: string | null; // whose figures are open
  filtering: boolean; // the builder is open
  drawer: number; // height, pixels
};

const fresh = { sort: "", only: "all", chosen: new Set<string>(), column: null } as const;

const fitting = (height: number) => Math.round(Math.max(180, Math.min(innerHeight * 0.75, height)));

export const useTable = create<Table>(() => ({
  ...fresh, drawer: fitting(innerHeight * 0.42), layer: opened.table?.layer ?? null, sort: opened.table?.sort ?? "", filtering: !!opened.table && !!opened.filters?.[opened.table.layer],
}));

/** Opens the table of a layer. */
export const openTable = (layer: string): void => useTable.setState((now) => (now.layer === layer ? {} : { ...fresh, layer }));
export const closeTable = (): void => useTable.setState({ ...fresh, layer: null });

export const setDrawer = (height: number): void => useTable.setState({ drawer: fitting(height) });

/** Opens the builder; a low drawer grows, so that rows are still seen under it. */
export const openFilter = (): void => useTable.setState(({ drawer }) => ({ filtering: true, drawer: Math.max(drawer, fitting(420)) }));

/** Sorts by a column: up, down, not. */
export const sortBy = (column: string): void =>
  useTable.setState(({ sort }) => ({ sort: sort === column ? `-${column}` : sort === `-${column}` ? "" : column }));

export const choose = (ids: Iterable<string>): void => useTable.setState({ chosen: new Set(ids) });

export function toggle(id: string): void {
  useTable.setState(({ chosen }) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    return { chosen: next };
  });
}
