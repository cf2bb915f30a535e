import { LACKING } from "./ability.ts";
import { placeOf } from "./backlog.ts";
import { effectivePriority, operatorBefore, queueOf } from "./order.ts";
import type { Operator } from "./operators.ts";
import type { State } from "./state.ts";
import type { Explanation, Reason, Verdict } from "./types.ts";
import { WAITING } from "./works.ts";
import type { Work } from "./works.ts";

const SHOWN = 20;

/** Looks at every operator of the queue: for people who ask, not for the routing itself. */
export function explainWork(state: State, work: Work, nowMs: number): Explanation {
  const { works, operators, vocabulary } = state;
  const queue = queueOf(state, work);
  const all = [...queue.teams].flatMap((team) => [...team.members]);
  const verdicts: Explanation["verdicts"] = {};
  for (const operator of all) {
    const verdict = verdictOn(state, operator, work);
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  }
  const shown = all.sort((a, b) => (wouldGetBefore(state, work, a, b) ? -1 : 1)).slice(0, SHOWN);
  return {
    workId: works.id(work),
    queueId: queue.id,
    state: works.stateName(work),
    waitedMs: Math.max(0, nowMs - works.enqueuedAtMs(work)),
    effectivePriority: effectivePriority(state, work, nowMs),
    position: works.state(work) === WAITING ? placeOf(state, work) : null,
    reason: reasonOf(state, work),
    verdicts,
    operators: shown.map((operator) => ({
      operatorId: operators.id(operator),
      verdict: verdictOn(state, operator, work),
      skillSum: Math.max(0, vocabulary.skillSum(operators.teamId(operator), works.requirement(work))),
      load: operators.load(operator),
      idleSinceMs: operators.idleSinceMs(operator),
    })),
  };
}

/** Why it was offered to the operator it is with; null when it waits or was not given by the engine. */
export function reasonOf({ works, operators }: State, work: Work): Reason | null {
  return works.state(work) === WAITING ? null : works.reason(work, operators.id(works.operator(work)));
}

/** Lasting reasons come before passing ones, so that "why does nobody answer" names what has to change. */
function verdictOn({ works, operators, vocabulary }: State, operator: Operator, work: Work): Verdict {
  if (works.operator(work) === operator) return "has_it";
  const { excluded, refusedBy } = works.particulars(work);
  if (excluded.includes(operators.id(operator))) return "excluded";
  const { language } = works.requirement(work);
  if (language !== null && !operators.person(operator).team!.ability.languages.has(language)) return "language";
  if (!vocabulary.meets(operators.teamId(operator), works.requirementId(work))) return "skill";
  if (!operators.serves(operator, works.channel(work))) return "channel";
  if (!operators.isReady(operator)) return "not_ready";
  if (refusedBy.includes(operators.id(operator))) return "refused";
  return operators.open(operator) & (1 << works.channel(work)) ? "free" : "busy";
}

function wouldGetBefore(state: State, work: Work, a: Operator, b: Operator): boolean {
  const { works, operators, vocabulary } = state;
  const { fit } = queueOf(state, work).settings!;
  const [scoreA, scoreB] = [a, b].map((each) => vocabulary.score(operators.teamId(each), works.requirement(work), fit));
  const preferred = works.particulars(work).preferredOperatorId;
  if (scoreA !== LACKING && operators.id(a) === preferred) return true;
  if (scoreB !== LACKING && operators.id(b) === preferred) return false;
  return scoreA === scoreB ? operatorBefore(operators, a, b) : scoreA! > scoreB!;
}
