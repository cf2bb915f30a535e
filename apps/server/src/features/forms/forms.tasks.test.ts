import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { formHost, openForm, type FormDocument } from "@linija/forms";
import { afterAll, expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import type { AppError } from "../../platform/errors.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { getTicket, moveTicket, updateTicket } from "../tickets/index.ts";
import { addAttachment, openAttachment } from "../tickets/tickets.attachments.service.ts";
import { createTicket as contract, type TicketView } from "../tickets/tickets.contract.ts";
import { createTicket } from "../tickets/tickets.service.ts";
import { buildProcess, CLAIM } from "../tickets/tickets.process.testing.ts";
import { buildForm } from "./forms.factory.ts";
import { addRecordFile } from "./forms.files.service.ts";
import { createRecord, getRecord, revealField, saveRecord } from "./forms.service.ts";
import { openTaskFile, taskForms } from "./forms.tasks.service.ts";

const database = await testDatabase();
const name = (text: string) => `{ en: ${text}, ru: ${text} (ru), sl: ${text} (sl) }`;
const FORM = `
key: parcel
name: ${name("Parcel")}
schema:
  properties:
    shelf: { type: string, x-name: ${name("Shelf")} }
    passport: { type: string, x-name: ${name("Passport")}, x-mask: { read: clients.documents } }
    phone: { x-kind: phone, x-name: ${name("Phone")} }
    fragile: { type: boolean, x-name: ${name("Fragile")} }
    padding: { type: string, x-name: ${name("Padding")} }
    photo: { x-kind: file, x-name: ${name("Photo")} }
    scan: { x-kind: file, x-name: ${name("Scan")}, x-mask: { read: clients.documents } }
    place: { x-kind: group, x-name: ${name("Place")}, properties: { hall: { type: string, x-name: ${name("Hall")} }, gate: { type: string, x-name: ${name("Gate")} } } }
    insides: { type: string, x-name: ${name("Insides")} }
show: { padding: form.fragile == true }
`;
/** The claim of tests, with what its first task carries. */
async function declare(carries?: string): Promise<void> {
  await buildProcess(database.ctx(), carries === undefined ? CLAIM : CLAIM.replace("{ key: stock, department", `{ key: stock, carries: ${carries}, department`));
  await buildForm(database.ctx(), { text: FORM });
}
await declare();
const user = async (who: string, over: object = {}) => actorOf(await buildUser(database.db, { name: who, projects: ["internet"], ...over }));
const ana = await user("Ana Kos");
const keeper = await user("Miha Rus", { roles: ["department_worker"], department: "delivery" });
const accountant = await user("Zala Bizjak", { roles: ["department_worker"], department: "accounting" });
const petra = await user("Petra Hribar");
const as = (actor: Actor) => database.ctx(actor);
const idOf = (actor: Actor): string => (actor.kind === "user" ? actor.id : "");
const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);
const store = { folder: await mkdtemp(join(tmpdir(), "task-files-")) };
afterAll(() => rm(store.folder, { recursive: true }));
const upload = (file: string) => ({ name: file, stream: Readable.from([Buffer.from(`in ${file}`)]), truncated: () => false });
const read = async (file: Promise<{ name: string; stream: Readable }>): Promise<[string, string]> => { const { name, stream } = await file; return [name, await text(stream)]; };
const DATA = { shelf: "B12", passport: "4509 123456", phone: "+38640123456", fragile: false, padding: "Wool", place: { hall: "North", gate: "4" } };

interface Case { parent: TicketView; taskId: string; formId: string; photo: string; scan: string; receipt: string }
/** A claim with a form, files and an order to the warehouse to look for the parcel. */
async function ask(): Promise<Case> {
  const parent = await createTicket(as(ana), contract.body.parse({ projectKey: "internet", type: "claim", subject: "The parcel came broken", description: "Call +38640123456 before noon", contactPhone: "+38640123456" }));
  const taken = await moveTicket(as(ana), parent.id, { version: parent.version, transition: "take", input: {} });
  const form = await createRecord(as(ana), { id: crypto.randomUUID(), projectKey: "internet", formKey: "parcel", subject: { kind: "ticket", id: parent.id }, data: DATA });
  const [photo, scan] = [await addRecordFile(as(ana), form.id, { name: "box.txt", bytes: Buffer.from("box") }, store), await addRecordFile(as(ana), form.id, { name: "passport.txt", bytes: Buffer.from("passport") }, store)];
  await saveRecord(as(ana), form.id, { version: form.version, changes: [{ path: "photo", value: [photo.id] }, { path: "scan", value: [scan.id] }] });
  const receipt = await addAttachment(as(ana), parent.id, upload("receipt.txt"), store);
  const { version } = await getTicket(as(ana), taken.id);
  const asked = await moveTicket(as(ana), parent.id, { version, transition: "ask_warehouse", input: {} });
  return { parent: asked, taskId: asked.subtasks.find(({ key }) => key === "stock")!.id, formId: form.id, photo: photo.id, scan: scan.id, receipt: receipt.id };
}

test("R109 a department is shown with its task what the form of the ticket says, in bullets what is masked to it, and its files; the ticket itself stays closed to it", async () => {
  const { parent, taskId, formId, photo, scan, receipt } = await ask();
  const task = await getTicket(as(keeper), taskId);
  expect(task.parent).toMatchObject({ number: parent.number, mayOpen: false, facts: [], description: "", files: [{ id: receipt, name: "receipt.txt" }] });
  const { items: [form] } = await taskForms(as(keeper), taskId);
  expect(form).toMatchObject({ id: formId, name: { en: "Parcel" }, state: "draft", masked: ["passport", "phone"], files: [{ id: photo, name: "box.txt" }] });
  // Not what is hidden by a condition, nor what is empty; the number in part.
  expect(form!.data).toEqual({ shelf: "B12", passport: "••••", phone: expect.not.stringContaining("123456"), fragile: false, photo: [photo], place: { hall: "North", gate: "4" } });
  expect([...openForm(form!.definition as unknown as FormDocument, formHost("UTC")).fields.keys()]).toEqual(["shelf", "passport", "phone", "fragile", "photo", "place"]);
  expect(JSON.stringify(form)).not.toMatch(/4509|40123456|Wool|passport\.txt|Insides/);
  // Files are opened by the task, and by nothing else.
  expect(await read(openTaskFile(as(keeper), { taskId, id: formId, fileId: photo }, store))).toEqual(["box.txt", "box"]);
  expect(await read(openAttachment(as(keeper), taskId, receipt, store))).toEqual(["receipt.txt", "in receipt.txt"]);
  for (const refused of [
    () => openTaskFile(as(keeper), { taskId, id: formId, fileId: scan }, store), () => openAttachment(as(keeper), parent.id, receipt, store), () => getTicket(as(keeper), parent.id), () => getRecord(as(keeper), formId),
    () => revealField(as(keeper), formId, { path: "passport", reason: "to be sure" }), () => taskForms(as(keeper), parent.id),
  ]) expect((await refusal(refused())).code).toBe("not_found");
});

test("R109 a task of another department, and a ticket that is nobody's task, give nothing", async () => {
  const { parent, taskId, formId, photo, receipt } = await ask();
  for (const refused of [() => taskForms(as(accountant), taskId), () => openTaskFile(as(accountant), { taskId, id: formId, fileId: photo }, store), () => openAttachment(as(accountant), taskId, receipt, store)]) expect((await refusal(refused())).code).toBe("not_found");
  expect(await taskForms(as(ana), parent.id)).toEqual({ items: [] });
  expect((await getTicket(as(ana), parent.id)).parent).toBeNull();
  expect((await refusal(openAttachment(as(ana), parent.id, photo, store))).code).toBe("not_found");
});

test("R109 with a task that has ended nothing goes along any more: what is written on the ticket afterwards is not the department's", async () => {
  const { parent, taskId, formId, photo, receipt } = await ask();
  await moveTicket(as(keeper), taskId, { version: (await getTicket(as(keeper), taskId)).version, transition: "answer", input: { resolution: "On the shelf" } });
  expect((await getTicket(as(keeper), taskId)).parent).toMatchObject({ number: parent.number, facts: [], description: "", files: [] });
  expect(await taskForms(as(keeper), taskId)).toEqual({ items: [] });
  for (const refused of [() => openTaskFile(as(keeper), { taskId, id: formId, fileId: photo }, store), () => openAttachment(as(keeper), taskId, receipt, store)]) expect((await refusal(refused())).code).toBe("not_found");
});

test("R129 whom the ticket is about is shown nothing of it by its task", async () => {
  const { parent, taskId, formId, photo, receipt } = await ask();
  expect((await taskForms(as(petra), taskId)).items).toHaveLength(1);
  await updateTicket(as(ana), parent.id, { version: (await getTicket(as(ana), parent.id)).version, fields: { employee: idOf(petra) } });
  for (const refused of [() => taskForms(as(petra), taskId), () => openTaskFile(as(petra), { taskId, id: formId, fileId: photo }, store), () => openAttachment(as(petra), taskId, receipt, store)]) expect((await refusal(refused())).code).toBe("not_found");
});

test("a process says what goes along with a task: these fields of the form, these of its own, the words of the ticket, or no files", async () => {
  await declare("[form.shelf, form.place.hall, variant, employee, ticket.description]");
  const { parent, taskId, formId, photo, receipt } = await ask();
  await updateTicket(as(ana), parent.id, { version: (await getTicket(as(ana), parent.id)).version, fields: { variant: "A new parcel", amount: "12.00", employee: idOf(petra) } });
  const task = await getTicket(as(keeper), taskId);
  // The number within the words in part; of a colleague nothing.
  expect(task.parent).toMatchObject({ facts: [{ name: "Variant accepted", value: "A new parcel" }], description: expect.stringMatching(/^Call \S*•\S* before noon$/), files: [] });
  expect((await taskForms(as(keeper), taskId)).items).toMatchObject([{ data: { shelf: "B12", place: { hall: "North" } }, masked: [], files: [] }]);
  expect((await taskForms(as(keeper), taskId)).items[0]!.data).toEqual({ shelf: "B12", place: { hall: "North" } });
  for (const refused of [() => openTaskFile(as(keeper), { taskId, id: formId, fileId: photo }, store), () => openAttachment(as(keeper), taskId, receipt, store)]) expect((await refusal(refused())).code).toBe("not_found");
  await declare("[]");
  const none = await ask();
  expect([(await getTicket(as(keeper), none.taskId)).parent, await taskForms(as(keeper), none.taskId)]).toMatchObject([{ facts: [], description: "", files: [] }, { items: [] }]);
});
