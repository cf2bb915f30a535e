import type { Ctx } from "../../platform/db.ts";
import { invalid, invalidField } from "../../platform/errors.ts";
import { may } from "../access/index.ts";
import { languages, type Language } from "../api.contract.ts";
import type { ProjectInUse } from "./tickets.definitions.ts";
import { deadlineProblem } from "./tickets.edit.rules.ts";
import { missing, priorities } from "./tickets.rules.ts";
import type { CreateInput } from "./tickets.service.ts";
import type { Contact, KnownInteraction, Surroundings } from "./tickets.sql.ts";

/** What is written down about a new ticket, before it has a number and a deadline. */
export interface Draft {
  type: ProjectInUse["types"][number]; subject: string; description: string; fields: Record<string, unknown>; priority: number; language: Language; channel: string;
  clientId: string | null; interactionId: string | null; contactPhone: string | null; contactEmail: string | null; requiredBy: Date | null;
}

/** Fills in from the call and the client's card what the form left out, and refuses what cannot be registered. */
export function prepareDraft(ctx: Ctx, project: ProjectInUse, input: CreateInput, found: Surroundings): Draft {
  const type = project.types.find((each) => each.key === input.type);
  if (!type) throw invalidField("type", "unknown_type");
  const interaction = theInteraction(project, input.interactionId, found.interaction);
  const { interactionId, channel, caller } = from(interaction);
  const contact = theContact(ctx, input.clientId ?? caller, found.contact);
  const requiredBy = input.dueAt === null ? null : new Date(input.dueAt);
  const draft: Draft = {
    type, subject: input.subject, description: input.description, fields: input.fields, priority: input.priority ?? priorities.indexOf(type.priority), requiredBy,
    interactionId, channel, ...reached(input, contact, interaction),
    language: spoken([input.language, contact?.language, interaction?.language, project.project.default_language]),
  };
  const lacking = missing(type.requires, { ...draft, dueAt: input.dueAt, hasAddress: hasAddress(input.fields, contact) });
  if (lacking.length > 0) throw invalid(lacking.map((field) => ({ field, code: "required" })));
  const problem = requiredBy && deadlineProblem(requiredBy, ctx.now());
  if (problem) throw invalidField("dueAt", problem);
  return draft;
}

const from = (interaction: KnownInteraction | undefined) => ({ interactionId: interaction?.id ?? null, channel: interaction?.channel ?? "voice", caller: interaction?.clientId ?? null });

/** A conversation of this project, or one that no project has yet. */
function theInteraction(project: ProjectInUse, id: string | null, found: KnownInteraction | null): KnownInteraction | undefined {
  if (!id) return undefined;
  if (!found || (found.projectKey !== null && found.projectKey !== project.project.key)) throw invalidField("interactionId", "unknown_interaction");
  return found;
}

/** A client whose card the reader may read. */
export function theContact(ctx: Ctx, id: string | null, found: Contact | null): Contact | undefined {
  if (!id) return undefined;
  if (!found || !may(ctx, "clients.read", found.projects.length > 0 ? { projects: found.projects } : {})) throw invalidField("clientId", "unknown_client");
  return found;
}

const reached = (input: CreateInput, contact: Contact | undefined, interaction: KnownInteraction | undefined) => ({
  clientId: contact?.id ?? null,
  contactPhone: input.contactPhone ?? contact?.phones[0] ?? (interaction?.fromNumber || null),
  contactEmail: input.contactEmail ?? contact?.emails[0] ?? null,
});

const spoken = (wishes: (string | null | undefined)[]): Language => wishes.flatMap((wish) => languages.filter((language) => language === wish))[0] ?? "en";
const hasAddress = (fields: Record<string, unknown>, contact: Contact | undefined): boolean => [fields.address, contact?.address.street, contact?.address.city].some(Boolean);
