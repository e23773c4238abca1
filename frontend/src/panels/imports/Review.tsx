import { useEffect, useMemo, useRef } from "react";
import type { Import, Report } from "../../api/report";
import { useCatalogue } from "../../api/queries";
import { useWords } from "../../i18n";
import { blocks, share, steps, type Block, type Step } from "../../lib/importing";
import { figure } from "../../lib/units";
import { putOnDesk, useImporting } from "../../state/importing";
import { Icon } from "../../ui/icons";
import { CheckStep } from "./CheckStep";
import { DataStep } from "./DataStep";
import { runNow } from "./doing";
import { Why } from "./Failed";
import { Bar, Trouble } from "./parts";
import { TargetStep } from "./TargetStep";
import { useLooking } from "./useLooking";
import { useProposal } from "./useProposal";
import { usePreview } from "./usePreview";

const go = (step: Step) => useImporting.setState({ step, rule: null, chosen: null });

/** What was found, to be decided on: what the files are, where they go, what is wrong. */
export function Review({ job, report }: { job: Import; report: Report }) {
  const { t, list } = useWords();
  const step = useImporting((i) => i.step);
  const wanted = useImporting((i) => i.wanted);
  const trouble = useImporting((i) => i.trouble);
  const layers = useCatalogue().data?.layers;
  const looking = useLooking(job);
  useProposal(job, layers);
  const preview = usePreview(job, report);
  const stops = useMemo(() => blocks(report, wanted, layers ?? []), [report, wanted, layers]);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => void body.current?.scrollTo(0, 0), [step]);
  return (
    <>
      <div className="import-files"><Icon name="file" size={15} /><span title={job.files.map((f) => f.name).join("\n")}>{list(job.files.map((f) => f.name))}</span><button className="text-button" onClick={() => putOnDesk(null)}>{t("import.others")}</button></div>
      <ol className="stepper" aria-label={t("import.steps")}>
        {steps.map((name, i) => <li key={name}><button aria-current={step === name ? "step" : undefined} onClick={() => go(name)}><StepSign at={i + 1} stops={stops.filter((s) => s.step === name)} />{t(`import.part.${name}`)}</button></li>)}
      </ol>
      <div className={`relook${looking ? " on" : ""}`}>{looking && <Bar done={share(job.progress)} label={t("import.lookingAgain")} />}</div>
      <div ref={body} className="scroll import-body" tabIndex={0} role="group" aria-label={t(`import.part.${step}`)} aria-busy={looking}>
        <Why job={job} />
        <Trouble problem={trouble} />
        {step === "data" && <DataStep report={report} preview={preview} />}
        {step === "target" && <TargetStep report={report} />}
        {step === "check" && <CheckStep job={job} report={report} />}
      </div>
      <Foot report={report} step={step} stops={stops} looking={looking} />
    </>
  );
}

/** The number of a step, or that something in it stands in the way. */
function StepSign({ at, stops }: { at: number; stops: Block[] }) {
  const { t } = useWords();
  return stops.length > 0 ? <span className="step-sign stop" role="img" aria-label={t("import.blocked")}><Icon name="alert" size={13} /></span> : <span className="step-sign">{at}</span>;
}

/** What will happen, or why it can't; and the way on. */
function Foot({ report, step, stops, looking }: { report: Report; step: Step; stops: Block[]; looking: boolean }) {
  const { t } = useWords();
  const at = steps.indexOf(step);
  const [first] = stops;
  return (
    <footer className="import-foot">
      <div role="status">
        {looking ? <span>{t("import.lookingAgain")}</span>
          : first ? <span className="blocked"><Icon name="alert" size={15} />{t(`import.block.${first.why}`, first.blanks)}{first.step !== step && <button className="text-button" onClick={() => go(first.step)}>{t("import.goThere")}</button>}</span>
          : <span>{t("import.willTake", { count: figure(report.rows.taken) })}{report.rows.rejected > 0 && ` · ${t("import.willReject", { count: figure(report.rows.rejected) })}`}</span>}
      </div>
      {at > 0 && <button className="button" onClick={() => go(steps[at - 1])}>{t("import.back")}</button>}
      {step === "check"
        ? <button className="button primary" disabled={looking || stops.length > 0} onClick={() => void runNow()}>{t("import.run", { count: figure(report.rows.taken) })}</button>
        : <button className="button primary" onClick={() => go(steps[at + 1])}>{t("import.next")}</button>}
    </footer>
  );
}
