import type { Language } from "../api.contract.ts";
import { factText, momentText, periodText } from "../notices/index.ts";
import { factsOf } from "../tickets/index.ts";
import type { Process } from "../processes/index.ts";
import type { Shown } from "./portal.service.ts";

export interface Agreed { name: string; text: string; /** When it is over; null: it is no moment. */ until: Date | null }

/** What of the ticket's fields is for its client (`client_sees`), until it is done. A moment that came before the ticket went on lies behind. */
export function agreedOf({ process, project, ticket, sees }: Pick<Shown, "process" | "project" | "ticket" | "sees">, language: Language): Agreed[] {
  if (sees === "done" || sees === "closed" || sees === "refused") return [];
  const facts = factsOf(process, project.departments, { fields: ticket.fields, language }).filter(({ key }) => isForClient(process, key));
  return facts.flatMap((fact): Agreed[] => {
    const at = fact.kind === "moment" ? new Date(String(fact.value)) : null;
    const timeZone = project.project.time_zone;
    if (at === null || Number.isNaN(at.getTime())) return [{ name: fact.name, text: factText(fact, { language, timeZone }), until: null }];
    const visits = visitsBy(process, fact.key);
    const visit = visits.find(({ to }) => to === ticket.stage);
    // Sent on from where it was agreed, nobody comes any more, whatever the field says.
    if (visits.length > 0 && !visit) return [];
    const minutes = visit?.visit?.minutes ?? null;
    const until = new Date(at.getTime() + (minutes ?? 0) * 60_000);
    return at <= ticket.stageSince ? [] : [{ name: fact.name, text: minutes === null ? momentText(at, language, timeZone) : periodText(at, until, language, timeZone), until }];
  });
}

const isForClient = ({ fields }: Process, key: string): boolean => { const field = fields[key]; return field !== undefined && "client_sees" in field && field.client_sees === true; };

/** The steps that agree on a visit at this moment: how long it takes, and where the ticket is until then. */
const visitsBy = ({ transitions }: Process, field: string): Process["transitions"][string][] =>
  Object.values(transitions).filter(({ visit, requires, accepts }) => visit && (accepts.includes(field) || requires.some((each) => each.field === field)));
