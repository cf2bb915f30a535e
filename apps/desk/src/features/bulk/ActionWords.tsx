import type { BulkChange, BulkRun } from "@linija/server/contract/bulk/bulk";
import { Fragment } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { useApi } from "../../shared/query.ts";
import { useDepartment } from "../tickets/useTypes.ts";
import { priorityKey } from "../tickets/words.ts";
import css from "./bulk.module.css";

const names = { stage: "bulk.stage", owner: "ticket.owner", department: "ticket.department", priority: "register.priority", dueAt: "ticket.due" } as const;

/** What was chosen, in words: "Priority → Low", "Step: Take into work". */
export function ActionWords({ run: { action, stepName } }: { run: Pick<BulkRun, "action" | "stepName"> }) {
  const t = useT();
  const people = useApi("listColleagues", null, { enabled: action.kind === "change" && Boolean(action.ownerId), staleTime: 60_000 });
  if (action.kind === "move") return <>{t("bulk.step")}: <b>{stepName ?? action.transition}</b></>;
  const owner = action.ownerId && (people.data?.items.find(({ id }) => id === action.ownerId)?.name ?? "…");
  const given = { owner: action.ownerId === undefined ? undefined : owner || null, department: action.department, priority: action.priority === undefined ? undefined : String(action.priority), dueAt: action.dueAt };
  const parts = (Object.keys(given) as (keyof typeof given)[]).flatMap((field) => { const value = given[field]; return value === undefined ? [] : [[field, value] as const]; });
  return <>{parts.map(([field, value], index) => <Fragment key={field}>{index > 0 && ", "}{t(names[field])} → <b><Value field={field} value={value} /></b></Fragment>)}</>;
}

function Value({ field, value }: { field: BulkChange["field"]; value: string | null }) {
  const t = useT();
  const departmentName = useDepartment();
  if (value === null) return field === "owner" ? t("ticket.noOwner") : "–";
  if (field === "priority") return t(priorityKey(Number(value)));
  if (field === "dueAt") return <Moment at={value} full />;
  return field === "department" ? departmentName(value) : value;
}

/** Old and new of one ticket. */
export function Changes({ changes }: { changes: readonly BulkChange[] }) {
  const t = useT();
  if (changes.length === 0) return <span className="dim">{t("bulk.same")}</span>;
  return <span className={css.changes}>{changes.map(({ field, was, now }) => <span key={field}><span className="dim">{t(names[field])}:</span> <span className={css.was}><Value field={field} value={was} /></span> → <b><Value field={field} value={now} /></b></span>)}</span>;
}
