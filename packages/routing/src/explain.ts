import { LACKING } from "./ability.ts";
import { placeOf } from "./backlog.ts";
import { effectivePriority, operatorBefore } from "./order.ts";
import type { Operator, State, Work } from "./state.ts";
import type { Explanation, Verdict } from "./types.ts";

const SHOWN = 20;

/** Looks at every operator of the queue: for people who ask, not for the routing itself. */
export function explainWork(state: State, work: Work, nowMs: number): Explanation {
  const operators = [...work.queue.teams].flatMap((team) => [...team.members]);
  const verdicts: Explanation["verdicts"] = {};
  for (const operator of operators) {
    const verdict = verdictOn(state, operator, work);
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  }
  const shown = operators.sort((a, b) => (wouldGetBefore(state, work, a, b) ? -1 : 1)).slice(0, SHOWN);
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
      verdict: verdictOn(state, operator, work),
      skillSum: Math.max(0, state.vocabulary.skillSum(operator.team!.ability.id, work.requirement)),
      load: operator.load,
      idleSinceMs: operator.idleSinceMs,
    })),
  };
}

/** Lasting reasons come before passing ones, so that "why does nobody answer" names what has to change. */
function verdictOn(state: State, operator: Operator, work: Work): Verdict {
  if (work.operator === operator) return "has_it";
  if (work.excluded.includes(operator.id)) return "excluded";
  const { ability } = operator.team!;
  if (work.requirement.language !== null && !ability.languages.has(work.requirement.language)) return "language";
  if (!state.vocabulary.meets(ability.id, work.requirement.id)) return "skill";
  if (operator.capacity[work.channel] === 0) return "channel";
  if (!operator.ready) return "not_ready";
  if (work.refusedBy.includes(operator.id)) return "refused";
  return operator.open & (1 << work.channel) ? "free" : "busy";
}

function wouldGetBefore({ vocabulary }: State, work: Work, a: Operator, b: Operator): boolean {
  const [scoreA, scoreB] = [a, b].map((each) => vocabulary.score(each.team!.ability.id, work.requirement, work.queue.settings!.fit));
  const preferred = work.preferredOperatorId;
  if (scoreA !== LACKING && a.id === preferred) return true;
  if (scoreB !== LACKING && b.id === preferred) return false;
  return scoreA === scoreB ? operatorBefore(a, b) : scoreA! > scoreB!;
}
