import { lazy, Suspense } from "react";
import { useMedia } from "./ui/useMedia";

const Desk = lazy(() => import("./desk/Desk"));
const Phone = lazy(() => import("./phone/Phone"));

/** A desk or a phone: each loads only its own. */
export function App() {
  const small = useMedia("(max-width: 639.98px), (max-height: 479.98px) and (pointer: coarse)");
  return <Suspense fallback={null}>{small ? <Phone /> : <Desk />}</Suspense>;
}
