import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { partsOf, worst, type Part } from "./health.ts";
import css from "./health.module.css";

/** The report is read even when it comes as 503: that is when it matters. */
async function askHealth(): Promise<Part[]> {
  const reply = await fetch("/api/health", { headers: { accept: "application/json" } });
  const parts = partsOf(await reply.json());
  return parts.length > 0 ? parts : [{ name: "server", state: reply.ok ? "ok" : "down", detail: "" }];
}

const icons = { ok: IconCircleCheck, warn: IconAlertTriangle, down: IconCircleX };

/** Green in one line, or what is wrong and what to do. */
export function Health() {
  const t = useT();
  const word = useWord();
  const { data, error, refetch } = useQuery({ queryKey: ["health"], queryFn: askHealth, refetchInterval: 10_000 });
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <div className="panel"><Skeleton rows={2} height={40} /></div>;
  const state = worst(data);
  const Icon = icons[state];
  return (
    <section className={css.health} data-state={state} aria-label={t("health.title")}>
      <div className={css.sum}><Icon size={22} aria-hidden /><b>{t(`health.${state}`)}</b></div>
      <ul>{data.map((part) => { const Mark = icons[part.state]; return <li key={part.name} data-state={part.state}><Mark size={15} aria-label={t(`health.part.${part.state}`)} /><span>{word("part", part.name)}</span>{part.detail && <span className="dim small cut">{part.detail}</span>}</li>; })}</ul>
    </section>
  );
}
