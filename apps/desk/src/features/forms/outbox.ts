import { api, type ApiError, type Reply } from "../../shared/api.ts";
import { isEmptied } from "./keeping.ts";
import { allKept, changeKept, forget, readKept, type Kept } from "./kept.ts";
import { isAway } from "./waiting.ts";

type Saved = Reply<"saveRecord">;
export type Sent =
  | { kind: "sent"; record: Saved["record"]; conflicts: Saved["conflicts"]; dirty: ReadonlyMap<string, unknown> }
  /** Nobody answered: it stays here and is sent later. */
  | { kind: "away" }
  | { kind: "refused"; error: ApiError; /** Its values are kept, its submission is taken back. */ dirty: ReadonlyMap<string, unknown> };

/**
 * Sends what is kept of one form. Sent again after a lost answer it is the same record, the same values, one submission:
 * its id was chosen here. One tab at a time sends it.
 * @param mine what goes where nothing is kept: another page has just brought it, or the browser keeps nothing
 * @param isUnfit places whose value waits for another one, and keeps no other from going
 */
export async function sendKept(id: string, mine: Kept, isUnfit: (path: string) => boolean): Promise<Sent> {
  return await navigator.locks.request(`linija:form:${id}`, async () => send(fit((await readKept(id)) ?? mine, isUnfit))) as Sent;
}

/** Nothing is left out of what is submitted. */
const fit = (kept: Kept, isUnfit: (path: string) => boolean): Kept => (kept.submit ? kept : { ...kept, dirty: Object.fromEntries(Object.entries(kept.dirty).filter(([path]) => !isUnfit(path))) });

/** Of another page or an earlier day: what is gone meanwhile is with the server. */
async function sendStill(id: string): Promise<Sent | null> {
  return await navigator.locks.request(`linija:form:${id}`, async () => {
    const kept = await readKept(id);
    return kept ? send(kept) : null;
  }) as Sent | null;
}

async function send(kept: Kept): Promise<Sent> {
  const dirty = new Map(Object.entries(kept.dirty));
  try {
    const { record: saved, conflicts } = await save(kept);
    // It was brought here before it was said what it is about.
    const record = kept.subject && !saved.subject ? await api("attachRecord", { params: { id: kept.id }, body: kept.subject }) : saved;
    // Values are with the server; the submission is another step, which may still be refused.
    const submitted = kept.submit && conflicts.length === 0 && record.state === "draft" ? await submit(kept, record) : record;
    await settle(kept, submitted, conflicts);
    return { kind: "sent", record: submitted, conflicts, dirty };
  } catch (error) {
    if (isAway(error)) return { kind: "away" };
    await changeKept(kept.id, (there) => (there ? refusedAs(there, error as ApiError) : null));
    return { kind: "refused", error: error as ApiError, dirty };
  }
}

/** Nothing is written into a form that was submitted: what waited for it is told when it is looked at. What else is refused waits for another value. */
function refusedAs(kept: Kept, error: ApiError): Kept {
  const refused = { ...kept, submit: false, refused: true };
  if (error.problem.code !== "form_submitted") return refused;
  return { ...refused, dirty: {}, seen: {}, conflicts: told(kept, Object.entries(kept.dirty).map(([path, mine]) => ({ path, mine, theirs: null }))) };
}

const told = (kept: Kept, conflicts: NonNullable<Kept["conflicts"]>) => [...(kept.conflicts ?? []).filter((old) => !conflicts.some(({ path }) => path === old.path)), ...conflicts];

async function save(kept: Kept): Promise<Saved> {
  const changes = Object.entries(kept.dirty).map(([path, value]) => ({ path, value, seen: kept.seen?.[path] }));
  if (kept.version > 0 && changes.length > 0) return api("saveRecord", { params: { id: kept.id }, body: { version: kept.version, changes } });
  if (kept.version > 0) return { record: await api("getRecord", { params: { id: kept.id } }), conflicts: [] };
  const data = Object.fromEntries(Object.entries(kept.dirty).filter(([, value]) => value !== null));
  const record = await api("createRecord", { body: { id: kept.id, projectKey: kept.projectKey, formKey: kept.formKey, formId: kept.formId, subject: kept.subject, data } });
  if (record.state === "submitted") return { record, conflicts: [] };
  // It may be there since a try whose answer was lost: what was typed since goes as changes.
  return changes.length > 0 && record.version > 1 ? api("saveRecord", { params: { id: kept.id }, body: { version: record.version, changes } }) : { record, conflicts: [] };
}

const submit = (kept: Kept, { version }: Saved["record"]): Promise<Saved["record"]> => api("submitRecord", { params: { id: kept.id }, body: { version } });

/** What arrived is forgotten here; what was typed meanwhile, on whatever page, stays. */
async function settle(sent: Kept, record: Saved["record"], conflicts: Saved["conflicts"]): Promise<void> {
  // One about nothing is found again by what is kept of it here, though all its values have arrived.
  const isFound = record.subject !== null || record.state === "submitted";
  await changeKept(sent.id, (there) => {
    if (!there) return null;
    const dirty = Object.fromEntries(Object.entries(there.dirty).filter(([path, value]) => JSON.stringify(value) !== JSON.stringify(sent.dirty[path])));
    const left = { ...there, version: record.version, dirty, conflicts: told(there, conflicts), submit: there.submit && conflicts.length === 0 && record.state !== "submitted" };
    return isFound && isEmptied(left) ? null : left;
  });
}

async function sendLeft(kept: Kept, onUnsent: Unsent): Promise<void> {
  const sent = await sendStill(kept.id).catch(() => null);
  if (sent?.kind === "refused" || (sent?.kind === "sent" && sent.conflicts.length > 0)) onUnsent(kept);
}

const EVERY_MS = 5_000;
/** As long as the server keeps a draft about nothing. */
const KEPT_MS = 30 * 86_400_000;

const hasWork = ({ held, dirty, submit, refused }: Kept): boolean => !held && !refused && (submit || Object.keys(dirty).length > 0);
const isLoose = ({ held, refused, subject, version, conflicts = [] }: Kept): boolean => !held && !refused && subject !== null && version > 0 && conflicts.length === 0;

/** Forms that are open on this page: they send themselves and say what became of it. */
export const openForms = new Set<string>();
/** What somebody wrote and left has met what others wrote there, or is not taken. */
export type Unsent = (kept: Kept) => void;

/** Sends what is kept from other pages and earlier days, as soon as the server answers, once where it is refused. Returns how to stop. */
export function startOutbox(userId: string, onUnsent: Unsent): () => void {
  let isBusy = false;
  const look = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    for (const kept of await allKept()) {
      if (kept.userId !== userId || openForms.has(kept.id) || Date.now() - kept.at < EVERY_MS) continue;
      if (hasWork(kept) || isLoose(kept)) await sendLeft(kept, onUnsent);
      else if (Date.now() - kept.at > KEPT_MS) await forget(kept.id);
    }
    isBusy = false;
  };
  const told = (): void => { void look(); };
  const timer = setInterval(told, EVERY_MS);
  addEventListener("online", told);
  told();
  return () => { clearInterval(timer); removeEventListener("online", told); };
}
