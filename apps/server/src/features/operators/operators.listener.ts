import type { DurableListener } from "../../platform/deliveries.ts";
import { ensureOperator } from "./operators.sql.ts";

export interface OperatorsListenerDeps {
  /** Skills a new operator begins with in these projects, until someone says better. */
  skillsOf(projects: string[]): Record<string, number>;
  /** Routing reads the operator again. */
  reload(operatorId: string): Promise<void>;
}

/** A user was made, changed or blocked: the operator's row follows. Routing knows at once, also of new languages, skills or a phone. */
export const operatorsListener = (deps: OperatorsListenerDeps): DurableListener => ({
  name: "operators",
  wants: (type) => type === "access.user_created" || type === "access.user_changed" || type === "operator.changed",
  hear: async (heard) => {
    for (const { ctx, event } of heard) {
      if (event.subject.kind === "user") await ensureOperator(ctx.db, event.subject.id, deps.skillsOf);
      ctx.afterCommit.push(() => { deps.reload(event.subject.id).catch((error: unknown) => ctx.log.warn({ error: String(error), operatorId: event.subject.id }, "routing did not hear of a changed operator")); });
    }
  },
});
