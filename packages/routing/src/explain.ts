import { fitOf } from "./ability.ts";
import { placeOf } from "./backlog.ts";
import { effectivePriority, operatorBefore } from "./order.ts";
import { hasRoom, scoreOf } from "./pool.ts";
import type { Operator, Work } from "./state.ts";
import type { Explanation, Verdict } from "./types.ts";

const SHOWN = 20;

/** Looks at every operator of the queue: for people who ask, not for the routing itself. */
export function explainWork(work: Work, nowMs: number): Explanation {
  const operators = [...work.queue.teams].flatMap((team) => [...team.members]);
  const verdicts: Explanation["verdicts"] = {};
  for (const operator of operators) {
    const verdict = verdictOn(operator, work);
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  }
  const shown = operators.sort((a, b) => (wouldGetBefore(a, b, work) ? -1 : 1)).slice(0, SHOWN);
  return {
    workId: work.id,
    queueId: work.queue.id,
    state: work.state,
    waitedMs: Math.max(0, nowMs - work.enqueuedAtMs),
    effectivePriority: effectivePriority(work, nowMs),
    position: work.state === "waiting" ? placeOf(work) : null,
    reason: work.reason && { ...work.reason },
    verdicts,
    operators: shown.map((operator) => ({
      operatorId: operator.id,
      verdict: verdictOn(operator, work),
      skillSum: Math.max(0, fitOf(operator.team!.ability, work.requirement)),
      load: operator.load,
      idleSinceMs: operator.idleSinceMs,
    })),
  };
}

/** Lasting reasons come before passing ones, so that "why does nobody answer" names what has to change. */
function verdictOn(operator: Operator, work: Work): Verdict {
  if (work.operator === operator) return "has_it";
  if (work.excluded.includes(operator.id)) return "excluded";
  const { ability } = operator.team!;
  if (work.requirement.language !== null && !ability.languages.has(work.requirement.language)) return "language";
  if (fitOf(ability, work.requirement) < 0) return "skill";
  if (operator.capacity[work.channel] === 0) return "channel";
  if (!operator.ready) return "not_ready";
  if (work.refusedBy.includes(operator.id)) return "refused";
  return hasRoom(operator, work.channel) ? "free" : "busy";
}

function wouldGetBefore(a: Operator, b: Operator, work: Work): boolean {
  const [fitA, fitB] = [fitOf(a.team!.ability, work.requirement), fitOf(b.team!.ability, work.requirement)];
  if (fitA < 0 !== fitB < 0) return fitB < 0;
  if (a.id === work.preferredOperatorId || b.id === work.preferredOperatorId) return a.id === work.preferredOperatorId;
  const [scoreA, scoreB] = [scoreOf(a.team!, work), scoreOf(b.team!, work)];
  return scoreA === scoreB ? operatorBefore(a, b) : scoreA > scoreB;
}
