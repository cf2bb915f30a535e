import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { AppError } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { translate } from "../../platform/messages.ts";
import { languages, type Language } from "../api.contract.ts";
import { addNote, updateTicket } from "../tickets/index.ts";
import { isAlarm, priorityOf, told, type CompiledHook, type Said } from "./webhooks.in.rules.ts";
import { lockHeld, selectHeld, selectOnTicket, updateAlarm, type Alarm, type HookAt, type OnTicket, type Word } from "./webhooks.in.sql.ts";

/** Of what has been explained or closed the next report is news. */
export const isOpen = ({ status }: OnTicket): boolean => status === "open" || status === "waiting";
/** A change of state is written down at once when the last one that was is so old. */
const FLIP_MS = 60_000;
const LONGEST_NOTE = 9_000;

interface Report { compiled: CompiledHook; said: Said; alarm: Alarm }
interface Repeated extends Report { at: HookAt & { alarm: string }; open: OnTicket }

/**
 * Each is counted; of many within a short time that tell the same one is written down, and every one that is worse than
 * those before. That it is over, or on again, is written down at once; of a sensor that flaps the rest waits for one note.
 */
export async function takeRepeated(ctx: TxCtx, { at, open, ...report }: Repeated): Promise<void> {
  const { compiled, said, alarm } = report;
  const before = alarm.worst ?? open.priority;
  const isOn = isAlarm(compiled, said);
  const worst = Math.max(before, isOn ? priorityOf(said) : -1);
  const flips = alarm.flips + (isOn === alarm.isOn ? 0 : 1);
  const isDue = worst > before || isTime(ctx, { compiled, alarm, flips });
  const word = isDue || flips > 0 ? wordOf(ctx, report) : null;
  if (isDue) await write(ctx, open.id, { word, flips });
  const [notedAt, flippedAt] = isDue ? [ctx.now(), flips > 0 ? ctx.now() : alarm.flippedAt] : [alarm.notedAt, alarm.flippedAt];
  await updateAlarm(ctx.db, at, { ticketId: open.id, notedAt, worst, isOn, flippedAt, ...(isDue ? NOTHING_HELD : { flips, held: word }) });
  if (worst > before) await raise(ctx, open, { priority: worst, projectKey: at.projectKey });
}

const isTime = (ctx: Ctx, { compiled, alarm, flips }: Pick<Report, "compiled" | "alarm"> & { flips: number }): boolean =>
  (flips > 0 ? isPast(ctx, alarm.flippedAt, FLIP_MS) : isPast(ctx, alarm.notedAt, compiled.hook.repeat.every_minutes * 60_000));
const isPast = (ctx: Ctx, moment: Date | null, ms: number): boolean => moment === null || ctx.now().getTime() - moment.getTime() >= ms;
export const NOTHING_HELD = { flips: 0, held: null };

/** What the hook says of a report, in all languages; null where it says nothing. One that fails on what was sent keeps no report out: its readers are told in the project's language, or that it was reported. */
function wordOf(ctx: Ctx, { compiled, said, alarm }: Report): Word | null {
  const tried = Object.fromEntries(languages.map((language) => [language, attempt(ctx, () => said(`repeat.note.${language}`))])) as Record<Language, string | undefined>;
  const own = tried[compiled.language] ?? languages.map((language) => tried[language]).find(Boolean);
  if (own?.trim() === "") return null;
  const text = (language: Language): string => tried[language] ?? own ?? translate(language, "hook_repeated");
  return { by: ctx.actor.name, language: compiled.language, texts: Object.fromEntries(languages.map((language) => [language, `${told(text(language), LONGEST_NOTE)} (${alarm.times}×)`])) as Word["texts"] };
}

function attempt(ctx: Ctx, say: () => unknown): string | undefined {
  try {
    const text = say();
    return typeof text === "string" ? text : "";
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn({ fields: error.fields }, "a note of a hook cannot be written in one language");
    return undefined;
  }
}

async function write(ctx: TxCtx, ticketId: string, { word, flips }: { word: Word | null; flips: number }): Promise<void> {
  if (!word) return;
  const text = (language: Language): string => (flips > 1 ? translate(language, "hook_flips", { count: flips, text: word.texts[language] }) : word.texts[language]);
  await addNote(ctx, ticketId, text(word.language), { texts: { en: text("en"), ru: text("ru"), sl: text("sl") } });
}

/** What has become worse is more urgent, with the deadline of that, and told to who works on it and to those who supervise. A priority that somebody has set higher stays. */
async function raise(ctx: TxCtx, open: OnTicket, { priority, projectKey }: { priority: number; projectKey: string }): Promise<void> {
  if (priority > open.priority) await updateTicket(ctx, open.id, { version: (await selectOnTicket(ctx.db, open.id))!.version, priority });
  const data = { key: "alert_alarm_worse", params: { number: open.number, subject: open.subject }, projectKey, userId: open.ownerId, ticketId: open.id };
  await emit(ctx, { type: "alert.raised", subject: { kind: "ticket", id: open.id }, data, touches: [{ kind: "floor", id: projectKey }] });
}

/** Writes down what sensors that flap have said meanwhile; another node that looks at the same moment takes others. */
export async function tellHeld(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.now().getTime() - FLIP_MS);
  for (const { by, ...at } of await selectHeld(ctx.db, before)) {
    await inTx({ ...ctx, actor: { kind: "system", name: by } }, async (ctx) => {
      const alarm = await lockHeld(ctx.db, at, before);
      if (!alarm?.ticketId) return;
      const open = await selectOnTicket(ctx.db, alarm.ticketId);
      if (open && isOpen(open)) await write(ctx, open.id, { word: alarm.held, flips: alarm.flips });
      await updateAlarm(ctx.db, at, { ...alarm, ticketId: alarm.ticketId, worst: alarm.worst ?? open?.priority ?? 0, notedAt: ctx.now(), flippedAt: ctx.now(), ...NOTHING_HELD });
    });
  }
}
