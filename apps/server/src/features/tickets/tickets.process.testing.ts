import { parse } from "yaml";
import type { Ctx } from "../../platform/db.ts";
import { fileURLToPath } from "node:url";
import { processSchema, type Process } from "../processes/index.ts";
import { describeProblems, loadDeclarations } from "../projects/index.ts";
import { authorityKind } from "./tickets.authority.ts";
import { storeDeclarations } from "./tickets.definitions.ts";

const words = (text: string) => `{ en: ${text}, ru: ${text} (ru), sl: ${text} (sl) }`;

/** A claim with every part a process can have, for tests. */
export const CLAIM = `
key: claim
name: ${words("Claim")}
start: registered
start_notice: received
stages:
  registered: { name: ${words("Registered")}, client_sees: received, max_hours: 2 }
  in_work: { name: ${words("In work")}, client_sees: in_work }
  warehouse: { name: ${words("At the warehouse")}, client_sees: in_work }
  refunding: { name: ${words("Refund approved")}, client_sees: in_work }
  done: { name: ${words("Done")}, client_sees: done, clock: stopped, final: true }
fields:
  employee: { kind: employee, name: ${words("About whom")} }
  amount: { kind: money, currency: EUR, min: "0.01", name: ${words("Amount")} }
  fee: { kind: money, currency: EUR, name: ${words("Fee")} }
  contacted: { kind: boolean, name: ${words("Client contacted")} }
  variant: { kind: text, name: ${words("Variant accepted")} }
  stock: { kind: text, name: ${words("Answer of the warehouse")} }
excludes: [employee]
policies:
  contact: { title: ${words("Policy 4.2")}, paragraph: ${words("No claim is closed before the client was spoken with and has accepted a variant")} }
checklists:
  evidence: { name: ${words("Evidence")}, items: { photo: ${words("Photo")}, act: ${words("Act")} } }
transitions:
  take: { name: ${words("Take")}, from: [registered], to: in_work, who: [operator, supervisor], accepts: [employee], does: [assign_to_actor], notice: [{ notice: in_work, language: sl }] }
  ask_warehouse:
    name: ${words("Ask the warehouse")}
    from: [in_work]
    to: warehouse
    who: [{ role: operator, relation: owner }, supervisor]
    subtasks:
      - { key: stock, department: delivery, subject: ${words("Find the parcel")}, task: ${words("Look on the shelf")}, due_hours: 4, answer: stock }
      - { key: tell, department: accounting, subject: ${words("For your information")}, task: ${words("Nothing to do")}, waits: false, when: ticket.priority != "low" }
  warehouse_answered: { name: ${words("Answered")}, from: [warehouse], to: in_work, who: [system], automatic: { when: ticket.open_subtasks == 0 }, does: [remind_assignee] }
  refund:
    name: ${words("Refund")}
    from: [in_work]
    to: refunding
    who: [operator, supervisor]
    requires: [amount]
    set: { fee: ticket.fields.amount * 0.1 }
    approval: { deed: refund, amount: ticket.fields.amount, refused: refund_refused }
  refund_refused: { name: ${words("Refund refused")}, from: [in_work], to: in_work, who: [system] }
  pay: { name: ${words("Pay")}, from: [refunding], to: done, who: [{ role: department, department: accounting }, supervisor], visit: { minutes: 30, skill: courier } }
  finish:
    name: ${words("Finish")}
    from: [in_work]
    to: done
    who: [operator, supervisor]
    accepts: [contacted, variant]
    checklist: evidence
    guards:
      - { rule: ticket.fields.contacted == true && has(ticket.fields.variant), policy: contact }
      - { rule: 'actor.roles.exists(role, role == "supervisor") || ticket.priority != "urgent"', message: ${words("Urgent ones are closed by a supervisor")} }
clocks:
  deadline_hours: { low: 40, normal: 20, high: 10, urgent: 5 }
  first_answer_hours: { low: 4, normal: 2, high: 1, urgent: 1 }
  escalations:
    - { at_percent: 75, does: [remind_assignee] }
    - { clock: first_answer, at_percent: 100, does: [tell_supervisor] }
    - { clock: stage, at_percent: 100, does: [raise_priority] }
`;

export const readProcess = (text: string): Process => processSchema.parse(parse(text));

/** The repository's declarations with one more process and its type in the project `internet`. */
export async function buildProcess(ctx: Ctx, text = CLAIM): Promise<Process> {
  const loaded = await loadDeclarations(fileURLToPath(new URL("../../../../../projects", import.meta.url)), { kinds: [authorityKind] });
  if (!loaded.ok) throw new Error(describeProblems(loaded));
  const process = readProcess(text);
  const project = loaded.declarations.projects.find((each) => each.project.key === "internet")!;
  project.processes[process.key] = process;
  // In place of the project's own of that key, if it has one.
  project.types = project.types.filter(({ key }) => key !== process.key);
  project.types.push({ key: process.key, name: process.name, intake: "problem", process: process.key, priority: "normal", requires: [] });
  await storeDeclarations(ctx, loaded.declarations, { kinds: [authorityKind] });
  return process;
}
