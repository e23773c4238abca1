import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { findings, reportAddress, type FindingFeature } from "../../api/imports";
import type { Import, Report, RuleCount } from "../../api/report";
import { useWords } from "../../i18n";
import { figure } from "../../lib/units";
import { useOverlay } from "../../map/useOverlay";
import { useImporting } from "../../state/importing";
import { Icon } from "../../ui/icons";
import { FindingCard } from "./FindingCard";
import { FindingTable } from "./FindingTable";

const signs = { error: "stop", warning: "alert", info: "info" } as const;

/** Every rule that found something, how often; opened, each finding in a table and on the map. */
export function Findings({ job, report }: { job: Import; report: Report }) {
  const { t } = useWords();
  const rule = useImporting((i) => i.rule);
  const rules = report.rules ?? [];
  const open = (name: string) => useImporting.setState({ rule: rule === name ? null : name, chosen: null });
  return (
    <section>
      <h3>{t("import.findings")}<a className="text-button" href={reportAddress(job.id)} download><Icon name="save" size={14} />{t("import.report")}</a></h3>
      {rules.length === 0 && <p className="quiet">{t("import.noFindings")}</p>}
      <ul className="rules">
        {rules.map((r) => (
          <li key={`${r.rule}/${r.severity}`}>
            <button aria-expanded={rule === r.rule} onClick={() => open(r.rule)}>
              <span className={`sign ${r.severity}`} title={t(`import.severity.${r.severity}`)}><Icon name={signs[r.severity]} size={16} /></span>
              <RuleName rule={r.rule} /><span className="row-count">{figure(r.count)}</span><Icon name="chevron" size={14} />
            </button>
            {rule === r.rule && <Open job={job} rule={r} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a rule is called; one without a name of its own goes by its family. */
function RuleName({ rule }: { rule: string }) {
  const { t } = useWords();
  const [family] = rule.split(".");
  return <span className="rule-name">{t(`import.rule.${rule}`, { defaultValue: t(`import.family.${family}`, { defaultValue: t("import.family.other") }) })}<code>{rule}</code></span>;
}

const none: FindingFeature[] = [];

function Open({ job, rule }: { job: Import; rule: RuleCount }) {
  const looks = useImporting((i) => i.looks);
  const chosen = useImporting((i) => i.chosen);
  const { data, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery({
    queryKey: ["import", job.id, "findings", looks, job.state, rule.rule], staleTime: Infinity, gcTime: 60_000, initialPageParam: 0,
    queryFn: ({ pageParam, signal }) => findings(job.id, rule.rule, pageParam, signal),
    getNextPageParam: (last, pages) => (pages.reduce((n, p) => n + p.features.length, 0) < last.numberMatched ? last.features.at(-1)?.id : undefined),
  });
  const all = useMemo(() => data?.pages.flatMap((p) => p.features) ?? none, [data]);
  useOverlay("findings", useMemo(() => all.filter((f) => f.geometry).map((f) => ({ type: "Feature", geometry: f.geometry!, properties: { no: f.id, chosen: f.id === chosen } })), [all, chosen]));
  const found = all.find((f) => f.id === chosen);
  return (
    <>
      <FindingTable all={all} more={hasNextPage && !isFetching ? () => void fetchNextPage() : undefined} waiting={!data} />
      {found?.geometry && <FindingCard finding={found} />}
    </>
  );
}
