import { Problem } from "../../api/client";
import * as door from "../../api/imports";
import { queries } from "../../api/queries";
import type { Bounds } from "../../api/types";
import { settled } from "../../lib/importing";
import { useMap } from "../../map/current";
import { show, useDesk } from "../../state/desk";
import { hear, putOnDesk, useImporting } from "../../state/importing";

/** The most files of one import (api/imports). */
export const mostFiles = 20;

let cancel: (() => void) | undefined;

/** Sends files and opens the panel. Tells what keeps it from beginning: a key of import.refuse. */
export function begin(files: File[]): "busy" | "many" | "folder" | null {
  useDesk.setState({ panel: "imports" });
  if (useImporting.getState().sending) return "busy";
  if (files.length > mostFiles) return "many";
  if (files.length === 0) return "folder";
  putOnDesk(null);
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const names = files.map((file) => file.name);
  const sending = (sent: number) => useImporting.setState({ sending: { names, sent: Math.min(sent, total), total } });
  sending(0);
  const upload = door.upload(files, sending);
  cancel = upload.cancel;
  upload.done.then(
    (job) => {
      putOnDesk(job.id, job);
      relist();
    },
    (reason) => useImporting.setState({ sending: null, trouble: reason instanceof Problem ? reason : null }),
  );
  return null;
}

export const cancelUpload = (): void => cancel?.();

/** The list of imports is read anew. */
export const relist = (): void => void queries.invalidateQueries({ queryKey: ["imports"] });

export function openImport(id: string): void {
  if (useImporting.getState().id !== id) putOnDesk(id);
  useDesk.setState({ panel: "imports" });
}

export const lookAgain = (): Promise<void> => ask(door.look);
export const runNow = (): Promise<void> => ask(door.run);

async function ask(how: typeof door.look): Promise<void> {
  const { id, wanted, job } = useImporting.getState();
  if (!id) return;
  const asked = settled(wanted, job?.report ?? null);
  useImporting.setState({ asked, trouble: null, rule: null, chosen: null });
  try {
    hear(await how(id, asked));
  } catch (reason) {
    useImporting.setState({ trouble: reason instanceof Problem ? reason : null });
  }
}

/** Removes an import; one that is under way is cancelled and writes nothing. */
export async function remove(id: string): Promise<void> {
  await door.remove(id).catch((reason) => {
    if (!(reason instanceof Problem && reason.status === 404)) throw reason;
  });
  if (useImporting.getState().id === id) putOnDesk(null);
  relist();
}

/** Turns a layer on, as the catalogue has it now, and goes to what was written. */
export async function showLayer(name: string, bounds: Bounds | null): Promise<void> {
  await Promise.all([queries.invalidateQueries({ queryKey: ["layers"] }), queries.invalidateQueries({ queryKey: ["style"] })]);
  const catalogue = queries.getQueryData<{ layers: Parameters<typeof show>[2] }>(["layers"]);
  show(name, true, catalogue?.layers ?? []);
  if (bounds) useMap.getState().view?.fit(bounds, 17);
}
