import { useImporting } from "../../state/importing";
import { Failed } from "./Failed";
import { Result } from "./Result";
import { Review } from "./Review";
import { Start } from "./Start";
import { Uploading } from "./Uploading";
import { Waiting } from "./parts";
import { Working } from "./Working";
import "./imports.css";

/** From files on somebody's disk to a layer of the map: what they are, where they go, what is wrong with them, and then. */
export default function Imports() {
  const id = useImporting((i) => i.id);
  const job = useImporting((i) => i.job);
  const sending = useImporting((i) => i.sending);
  if (sending) return <Uploading sending={sending} />;
  if (!id) return <Start />;
  if (!job) return <Waiting />;
  if (job.state === "done") return <Result job={job} />;
  if (job.state === "importing" || job.state === "uploading" || (job.state === "looking" && !job.report)) return <Working job={job} />;
  return job.report?.sources?.length ? <Review key={job.id} job={job} report={job.report} /> : <Failed job={job} />;
}
