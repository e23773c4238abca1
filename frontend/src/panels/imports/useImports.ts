import { useQuery } from "@tanstack/react-query";
import { imports } from "../../api/imports";

/** The latest imports, newest first. */
export const useImports = () => useQuery({ queryKey: ["imports"], staleTime: 5_000, queryFn: ({ signal }) => imports(signal) });
