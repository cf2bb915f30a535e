import { Button } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnectedX } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useT } from "../i18n/intl.tsx";
import { ApiError } from "./api.ts";
import css from "./shared.module.css";

/** What the problem document says about one field, in the reader's language; undefined when nothing. */
export function fieldError(error: unknown, ...fields: string[]): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  return error.problem.errors?.find((each) => fields.includes(each.field))?.message;
}

/** Field names of the problem document in the words of the form; what is named there is named before what is wrong with it. */
export type FieldNames = Record<string, string>;

export function useProblemText(): (error: unknown, names?: FieldNames) => { title: string; detail: string; /** The parts of `detail`, where there are several. */ points: string[] } {
  const t = useT();
  return (error, names = {}) => {
    if (!(error instanceof ApiError) || error.problem.status === 0) return { title: t("problem.unreachable"), detail: t("problem.unreachableDetail"), points: [] };
    const { title, detail, errors } = error.problem;
    const points = [...new Set((errors ?? []).map(({ field, message }) => (names[field] ? `${names[field]}: ${message}` : message)))];
    return { title: title || t("problem.title"), detail: points.length > 0 ? points.join(" ") : detail, points };
  };
}

/** What happened, what is safe, what to do; never over the whole page, and never below its edge: a key pressed in a long form is answered where it is seen. */
export function ProblemNote({ error, onRetry, names }: { error: unknown; onRetry?: () => void; names?: FieldNames }) {
  const t = useT();
  const text = useProblemText()(error, names);
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => { if (error) note.current?.scrollIntoView({ block: "nearest" }); }, [error]);
  if (!error) return null;
  const away = !(error instanceof ApiError) || error.problem.status === 0 || error.problem.status === 503;
  const Icon = away ? IconPlugConnectedX : IconAlertTriangle;
  // What is not there or not allowed is not there a moment later either.
  const mayHelp = !(error instanceof ApiError) || (error.problem.status !== 403 && error.problem.status !== 404);
  return (
    <div ref={note} className={css.problem} role="alert">
      <Icon size={18} aria-hidden />
      <div className="grow"><div className="strong">{text.title}</div>{text.points.length > 1 ? <ul>{text.points.map((point) => <li key={point}>{point}</li>)}</ul> : <div>{text.detail}</div>}</div>
      {onRetry && mayHelp && <Button size="compact-sm" variant="default" onClick={onRetry}>{t("do.retry")}</Button>}
    </div>
  );
}
