import { feature } from "../../api/client";
import { queries } from "../../api/queries";
import { boundsOf } from "../../lib/bounds";
import { useMap } from "../../map/current";
import { momentOf, useReading } from "../../state/reading";

/** Brings a feature into view. */
export async function zoomTo(layer: string, id: string): Promise<void> {
  const asOf = momentOf(useReading.getState());
  const found = await queries.fetchQuery({ queryKey: ["feature", layer, id, asOf], queryFn: ({ signal }) => feature({ layer, id }, asOf, signal) }).catch(() => null);
  if (found?.geometry) useMap.getState().view?.fit(boundsOf(found.geometry), 17);
}
