import { z } from "zod";
import type { TxCtx } from "../../platform/db.ts";
import type { DurableListener } from "../../platform/deliveries.ts";
import { emit, type StoredEvent } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { own } from "../../platform/own.ts";
import { spokenPhone } from "../../platform/phone.ts";
import { isQuiet } from "../../platform/quiet.ts";
import { languages } from "../api.contract.ts";
import { factsOf, linkSecret, processOf, projectOf, type ProjectInUse } from "../tickets/index.ts";
import type { Process } from "../processes/index.ts";
import { composeMail, fieldValues, greeted, isOneAddress, momentText, type Values } from "./notices.text.ts";
import { insertNotices, selectTold, type NewNotice, type Told } from "./notices.sql.ts";

/** A notice by its key, or with the language and channels its process asks for. */
const owed = z.union([z.string().transform((notice) => ({ notice, language: "client" })), z.object({ notice: z.string(), language: z.string() })]);
const factData = z.object({ notices: z.array(owed).default([]), to: z.string().nullish(), text: z.string().default("") });

/** Writes one notice for each rule of the process that a fact touches, in the transaction that takes the deliveries away. */
export const noticesListener = (deps: { publicUrl: () => string }): DurableListener => ({
  name: "notices",
  wants: (type) => ["ticket.registered", "ticket.moved", "ticket.told"].includes(type),
  hear: async (heard) => {
    const facts = heard.map(({ ctx, event }) => ({ ctx, event, fact: factData.parse(event.data) })).filter(({ event, fact }) => fact.notices.length > 0 && !isQuiet(event.requestId));
    if (facts.length === 0) return;
    const { db } = facts[0]!.ctx;
    const tickets = new Map((await selectTold(db, facts.map(({ event }) => event.subject.id))).map((told) => [told.id, told]));
    const written: Written[] = [];
    for (const { ctx, event, fact } of facts) {
      const told = tickets.get(event.subject.id);
      for (const { notice: key, language } of told ? fact.notices : []) written.push(...(await write(ctx, { told: told!, event, key, wanted: language, stage: fact.to ?? told!.stage, text: fact.text, publicUrl: deps.publicUrl() })));
    }
    if (written.length === 0) return;
    // One that is there already was written when the same fact was heard before.
    const news = await insertNotices(db, written.map(({ row }) => row));
    for (const { ctx, row } of written.filter(({ row }) => news.has(row.id))) await emit(ctx, { type: row.state === "queued" ? "notice.queued" : "notice.has_no_address", subject: { kind: "ticket", id: row.ticketId }, data: { noticeId: row.id, key: row.key } });
  },
});

interface Writing { told: Told; event: StoredEvent; key: string; /** `client`, `project` or a language. */ wanted: string; stage: string; text: string; publicUrl: string }
interface Written { ctx: TxCtx; row: NewNotice }

/** Nothing when the project has no such notice. */
async function write(ctx: TxCtx, writing: Writing): Promise<Written[]> {
  const { told, event, key, wanted } = writing;
  const project = await projectOf(ctx.db, told.projectKey);
  const notice = own(project.notices, key);
  if (!notice) { ctx.log.error({ ticket: told.id, notice: key }, "a process names a notice that its project does not have"); return []; }
  const language = languages.find((each) => each === (wanted === "client" ? told.language : wanted)) ?? project.project.default_language;
  const values = await valuesOf(ctx, { ...writing, told: { ...told, language } }, project);
  const mail = composeMail(notice, language, values);
  const id = newId(ctx.now().getTime());
  const reachable = isOneAddress(told.contactEmail);
  return [{ ctx, row: {
    id, ticketId: told.id, cause: `${event.id}:${key}${wanted === "client" ? "" : `:${language}`}`, key, language, recipient: reachable ? told.contactEmail! : "", subject: mail.subject, bodyText: mail.text, bodyHtml: mail.html,
    state: reachable ? "queued" : "no_address", messageId: `<notice.${id}@${project.project.mail_from.split("@")[1]}>`, createdAt: ctx.now(),
  } }];
}

async function valuesOf(ctx: TxCtx, { told, event, stage, text, publicUrl }: Writing, project: ProjectInUse): Promise<Values> {
  const process = await processOf(ctx.db, told.processId);
  const { language } = told;
  const { project: head } = project;
  const link = `${publicUrl.replace(/\/$/, "")}/s/${await linkSecret(ctx.db, told.id, told.linkKey)}`;
  const when = (at: Date | null) => momentText(at, language, head.time_zone);
  return {
    ...fieldValues(factsOf(process, project.departments, told), language, head.time_zone),
    client_name: greeted(language, told), company: project.company.name[language], project: head.name[language], phone: spokenPhone(head.caller_id), ticket_number: told.number,
    ticket_type: project.types.find((type) => type.key === told.type)?.name[language] ?? "", subject: told.subject, stage: process.stages[stage]?.name[language] ?? "",
    deadline: when(told.dueAt), operator: told.ownerName, text, resolution: told.resolution ?? "", status_link: link, yes_link: `${link}?answer=yes`, no_link: `${link}?answer=no`,
    confirm_until: when(silenceEnds(process, stage, new Date(event.at))), callback_number: told.contactPhone ?? "", callback_by: when(told.dueAt),
  };
}

/** When a stage that waits for the client's yes ends by itself. */
function silenceEnds(process: Process, stage: string, since: Date): Date | null {
  const timer = Object.values(process.clocks.timers).find((each) => each.stage === stage && each.counts === "always");
  return timer ? new Date(since.getTime() + timer.after_hours * 3_600_000) : null;
}
