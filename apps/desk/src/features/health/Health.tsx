import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useT, useWord } from "../../i18n/intl.tsx";
import { headers } from "../../shared/api.ts";
import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { askHealth, type Part } from "./health.ts";
import css from "./health.module.css";

const icons = { ok: IconCircleCheck, degraded: IconAlertTriangle, down: IconCircleX };

/** Green in one line, or what is wrong and what to do. */
export function Health() {
  const t = useT();
  const { data, error, refetch } = useQuery({ queryKey: ["health", headers.language], queryFn: () => askHealth(headers.language), refetchInterval: 10_000 });
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <div className="panel"><Skeleton rows={2} height={40} /></div>;
  const Icon = icons[data.state];
  return (
    <section className={css.health} data-state={data.state} aria-label={t("health.title")}>
      <div className={css.sum}><Icon size={22} aria-hidden /><b>{t(`health.${data.state}`)}</b></div>
      <ul>{data.parts.map((part) => <li key={part.name} data-state={part.state}><PartLine part={part} /></li>)}</ul>
    </section>
  );
}

function PartLine({ part }: { part: Part }) {
  const t = useT();
  const word = useWord();
  const Icon = icons[part.state];
  return (
    <>
      <Icon size={16} aria-label={t(`health.part.${part.state}`)} />
      {/* The figure is the machine's own word; while all is well nobody has to read it. */}
      <span className="stack-s" title={part.detail}><span className="strong">{word("part", part.name)} {part.state !== "ok" && <span className={css.detail}>{part.detail}</span>}</span>{part.remedy && <span>{part.remedy}</span>}</span>
    </>
  );
}
