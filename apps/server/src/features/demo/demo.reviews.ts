import type { TxCtx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { createRecord, ticketForms } from "../forms/index.ts";
import { priorityNumber } from "../tickets/index.ts";
import { doer, type Told, type TicketStory } from "./demo.stories.ts";
import type { Doer, StorySteps } from "./demo.tickets.ts";

const DAY_MS = 86_400_000;
const FORM = "review";

/** What is said of the project in public: some are waiting for whose they are, some for a supervisor's yes to the answer. */
export function reviewStories(told: Told): TicketStory[] {
  const { declared, declarations, project, processes } = told;
  const type = project.types.find(({ key }) => key === FORM);
  const process = type && processes.get(type.process);
  const [operator] = declarations.people.filter((person) => person.role === "operator" && person.projects.includes(project.project.key));
  if (!type || !process || !operator) return [];
  const by = doer(told, { role: "operator", login: operator.login }, "");
  return declared.scenes.reviews.map((scene, index) => toldReview(told, { scene, type, process, by, client: scene.known ? told.demo.clients[index * 7 % told.demo.clients.length]! : null }));
}

interface Seen { scene: Told["declared"]["scenes"]["reviews"][number]; type: TicketStory["story"]["type"]; process: TicketStory["story"]["process"]; by: Doer; client: Told["demo"]["clients"][number] | null }

function toldReview({ project, clientIds, now }: Told, { scene, type, process, by, client }: Seen): TicketStory {
  const { source, rating, topic, reply } = scene;
  const language = client?.language ?? project.project.default_language;
  const registeredAt = new Date(now.getTime() - scene.days_ago * DAY_MS);
  const draft: StorySteps[] = reply ? [{ transition: "draft", at: new Date(registeredAt.getTime() + 3_600_000), by, fields: { reply: reply[language] } }] : [];
  const whose = client ? { clientId: clientIds.get(client.id)!, phone: client.phones[0] ?? null, email: client.email } : { clientId: null, phone: null, email: null };
  return {
    story: {
      ...whose, project, process, type, subject: scene.subject[language], description: "", fields: {}, priority: priorityNumber(rating <= 2 ? "high" : type.priority), language, channel: "voice",
      interactionId: null, registeredAt, registeredBy: by, dueAt: null, steps: draft,
    },
    note: null, talk: null,
    review: { source, rating, topic, author: client?.name ?? scene.author, text: scene.text[language], written_on: registeredAt.toISOString().slice(0, 10) },
  };
}

/** Its form, as whoever registered it would have filled it in; none where the project's forms are not in use. */
export async function fillReview(ctx: TxCtx, { projectKey, forms }: { projectKey: string; forms: Record<string, unknown> | undefined }, review: { ticketId: string; data: Record<string, unknown> }): Promise<void> {
  if (!forms || !Object.hasOwn(forms, FORM)) return;
  const { id } = await createRecord(ctx, { id: newId(ctx.now().getTime()), projectKey, formKey: FORM, subject: null, data: review.data });
  await ticketForms.submitFor(ctx, id, { id: review.ticketId, projectKey, formKey: FORM });
}
