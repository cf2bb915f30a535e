import type { HandoverView } from "@linija/server/contract/handovers/handovers";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import css from "./handovers.module.css";

/** The three parts as the giver wrote them; of what a process hands over, what there is. */
export function HandoverNote({ handover }: { handover: Pick<HandoverView, "kind" | "note" | "by" | "ticket"> }) {
  const t = useT();
  // Nobody wrote what a process hands over: what the client asked for stands on the ticket.
  const note = handover.by ? handover.note : { ...handover.note, wanted: handover.note.wanted || handover.ticket.description };
  // Of a consult the question comes first.
  const parts = (handover.kind === "consult" ? ["expected", "tried"] as const : ["wanted", "tried", "expected"] as const).filter((part) => note[part] !== "");
  if (parts.length === 0 && !note.expectedBy) return null;
  return (
    <dl className={css.words}>
      {parts.map((part) => <div key={part}><dt>{t(handover.kind === "consult" && part === "expected" ? "consult.question" : `handover.${part}`)}</dt><dd className="pre">{note[part]}</dd></div>)}
      {note.expectedBy && <div><dt>{t(handover.kind === "consult" ? "consult.byWhen" : "handover.expectedBy")}</dt><dd><Moment at={note.expectedBy} full zone /></dd></div>}
    </dl>
  );
}

/** Clocks of the process that have come to a share of their time. */
const LATE = /^(deadline|first_answer|stage)_\d+$/;

/** Who hands it over: a person, a process or a rule. */
export function useGiver(): (handover: Pick<HandoverView, "kind" | "by" | "askedBy">) => string {
  const t = useT();
  return ({ kind, by, askedBy }) => (by ? t(kind === "consult" ? "consult.from" : "handover.from", { name: by.name }) : askedBy && LATE.test(askedBy) ? t("handover.fromProcessLate") : t(askedBy?.startsWith("rule.") ? "handover.fromRule" : "handover.fromProcess"));
}

/** Who said no, and who said nothing. */
export function Asked({ handover }: { handover: HandoverView }) {
  const t = useT();
  const over = handover.asked.filter(({ state }) => state === "refused" || state === "missed");
  if (over.length === 0) return null;
  return <ul className={css.asked}>{over.map(({ person, state, reason }) => <li key={person.id}>{t(state === "refused" ? "handover.said.refused" : "handover.said.missed", { name: person.name })}{reason && <span className="dim">. {reason}</span>}</li>)}</ul>;
}
