import { fileURLToPath } from "node:url";
import { inTx, type Ctx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { describeProblems, loadDeclarations } from "../projects/index.ts";
import { authorityKind } from "./tickets.authority.ts";
import { projectOf, storeDeclarations } from "./tickets.definitions.ts";
import { priorities } from "./tickets.rules.ts";
import { register } from "./tickets.register.ts";
import type { Ticket } from "./tickets.sql.ts";

export interface BuiltTicket {
  projectKey?: string; type?: string; subject?: string; description?: string; fields?: Record<string, unknown>; priority?: number; language?: Ticket["language"]; channel?: string;
  clientId?: string | null; interactionId?: string | null; contactPhone?: string | null; contactEmail?: string | null; requiredBy?: Date | null;
  ownerId?: string | null; createdBy?: string | null; department?: string | null; id?: string;
}

/**
 * A registered ticket as tests and seeds need one; `ctx.now` is when it was registered. To bring it further, call
 * `moveTicket` or `moveByClient` with a context whose clock stands where the seed wants it.
 */
export async function buildTicket(ctx: Ctx, over: BuiltTicket = {}): Promise<Ticket> {
  return inTx(ctx, async (ctx) => {
    const project = await projectOf(ctx.db, over.projectKey ?? "internet");
    const type = project.types.find((each) => each.key === (over.type ?? "question"));
    if (!type) throw new Error(`there is no ticket type ${over.type}`);
    const ticket = await register(ctx, project, {
      id: newId(ctx.now().getTime()), subject: "The invoice of May", description: "The amount is higher than agreed.", fields: {}, language: project.project.default_language, channel: "voice",
      clientId: null, interactionId: null, contactPhone: "+38640111222", contactEmail: "marija@example.test", requiredBy: null, ownerId: null, createdBy: null, department: null,
      ...over, priority: over.priority ?? priorities.indexOf(type.priority), type,
    });
    if (!ticket) throw new Error("there is this ticket already");
    return ticket;
  });
}

/** Loads the repository's own declarations, as the server does at its start. */
export async function buildProjects(ctx: Ctx, options: { unconfirmedAfterS?: number } = {}): Promise<void> {
  const loaded = await loadDeclarations(fileURLToPath(new URL("../../../../../projects", import.meta.url)), { kinds: [authorityKind] });
  if (!loaded.ok) throw new Error(describeProblems(loaded));
  await storeDeclarations(ctx, loaded.declarations, { kinds: [authorityKind], ...options });
}
