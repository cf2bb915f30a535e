import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "kysely";
import { buildUser } from "../access/access.factory.ts";
import { livePlan } from "../calls/index.ts";
import { readFolder } from "../projects/index.ts";
import { processOf, projectOf } from "../tickets/index.ts";
import { buildTicket } from "../tickets/tickets.factory.ts";
import type { Ctx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { REPOSITORY, startNode, type StartedNode } from "./declarations.factory.ts";
import { previewMigration, runBatch, startMigration, undoMigration } from "./declarations.migrate.service.ts";
import { pack } from "./declarations.zip.rules.ts";
import { createProject, exportProject, importProject, listProjects } from "./declarations.projects.service.ts";
import { checkText, listTexts, listVersions, readText, saveDraft, saveText, takeBackText } from "./declarations.service.ts";

const database = await testDatabase();
const system = database.ctx();
let repository: Map<string, string>;
let node: StartedNode;
let other: StartedNode;
let ana: Ctx;
let ivan: Ctx;

beforeAll(async () => {
  repository = (await readFolder(REPOSITORY)).texts;
  node = await startNode(system);
  other = await startNode(system);
  const actorOf = async (name: string): Promise<Ctx> => {
    const { id } = await buildUser(database.db, { name, roles: ["administrator"], projects: ["internet", "shop", "taxi"] });
    return database.ctx({ kind: "user", id, name, roles: ["administrator"], projects: ["internet", "shop", "taxi"], language: "en" });
  };
  [ana, ivan] = [await actorOf("Ana Kos"), await actorOf("Иван Петров")];
});

const read = (key: string, path: string, ctx = ana) => readText(ctx, node.deps, key, { path });
const save = async (key: string, path: string, change: (text: string) => string, ctx = ana) => {
  const { text, current } = await read(key, path, ctx);
  return saveText(ctx, node.deps, key, { path, text: change(text), number: current, note: "" });
};
const rejection = (promise: Promise<unknown>) => promise.then(() => { throw new Error("it was not refused"); }, (error: unknown) => error as { code: string; reason: string; fields: { field: string; params?: Record<string, string> }[]; params: Record<string, string> });

describe("R004 projects in use", () => {
  test("the company names them; the other folders are templates", async () => {
    const { projects, templates } = await listProjects(ana, node.deps);
    expect(projects.map(({ key }) => key)).toEqual(["internet", "shop", "taxi"]);
    expect(templates.map(({ key }) => key)).toEqual(expect.arrayContaining(["internet", "shop", "taxi"]));
  });
  test("a change saved at one node is what every node runs on at its next look, calls, hours and tickets alike", async () => {
    const plan = livePlan(other.deps.live.current);
    const before = plan.book;
    expect(plan.flowOf("+38615550199")).toBeNull();
    await save("internet", "project.yaml", (text) => text.replace('numbers: ["+38615550100", "100"]', 'numbers: ["+38615550100", "100", "+38615550199"]'));
    await save("internet", "queues.yaml", (text) => `${text.trimEnd()}\n  - { key: internet-vip, name: { en: Important clients, ru: Важные клиенты, sl: Pomembne stranke }, languages: [ru], skills: { internet: 3 }, priority: 90, service_level: { answered_within_s: 10, percent: 90 }, ring_s: 20, music: music/waiting.wav, announce_every_s: 45, max_wait_s: 600, callback_due_min: 15, wrap_up_s: 60 }\n`);
    await other.deps.live.look();
    expect(plan.flowOf("+38615550199")).toBe("internet");
    expect(plan.queues.map(({ queueId }) => queueId)).toContain("internet.internet-vip");
    expect(plan.findQueue("internet", "internet-vip").priority).toBe(90);
    expect(before, "a call keeps the flows it began with").not.toBe(plan.book);
    expect((await projectOf(system.db, "internet")).project.numbers).toContain("+38615550199");
    await save("internet", "queues.yaml", (text) => text.replace(/\n {2}- \{ key: internet-vip.*\n/, "\n"));
    await other.deps.live.look();
    expect(plan.queues.map((queue) => queue.queueId)).not.toContain("internet.internet-vip");
    expect(plan.findQueue("internet", "internet-vip").priority, "a call on its way there still finds it").toBe(90);
    const { rows } = await sql<{ id: string }>`select id from queues where id = 'internet.internet-vip'`.execute(database.db);
    expect(rows).toHaveLength(1);
  });
});

describe("saving", () => {
  test("refuses a mistake with its place and keeps nothing of it", async () => {
    const { text, current } = await read("shop", "types.yaml");
    const bent = text.replace("process: request", "process: nowhere");
    const { problems } = await checkText(ana, node.deps, "shop", { path: "types.yaml", text: bent });
    expect(problems[0]).toMatchObject({ path: "types.yaml", message: 'there is no process "nowhere"', line: expect.any(Number), column: expect.any(Number) });
    const error = await rejection(saveText(ana, node.deps, "shop", { path: "types.yaml", text: bent, number: current, note: "" }));
    expect(error).toMatchObject({ code: "invalid", reason: "declaration_refused" });
    expect(error.fields[0]!.field).toBe(`shop/types.yaml:${problems[0]!.line}`);
    expect((await read("shop", "types.yaml")).current).toBe(current);
  });
  test("two administrators at once: one wins, the other is told who and keeps the draft", async () => {
    const { text, current } = await read("taxi", "notices.yaml");
    await saveDraft(ivan, node.deps, "taxi", { path: "notices.yaml", text: `# mine\n${text}`, base: current });
    const results = await Promise.allSettled([
      saveText(ana, node.deps, "taxi", { path: "notices.yaml", text: `# Ana\n${text}`, number: current, note: "first" }),
      saveText(ivan, node.deps, "taxi", { path: "notices.yaml", text: `# mine\n${text}`, number: current, note: "second" }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = (results.find(({ status }) => status === "rejected") as PromiseRejectedResult).reason as { reason: string; params: { name: string; number: number } };
    expect(lost.reason).toBe("declaration_changed");
    expect(["Ana Kos", "Иван Петров"]).toContain(lost.params.name);
    const mine = await read("taxi", "notices.yaml", ivan);
    if (mine.by === "Ana Kos") expect(mine.draft?.text.startsWith("# mine")).toBe(true);
    else expect(mine.draft).toBeNull();
  });
  test("every version stays, with who, when and why; an older one is taken back as a new one", async () => {
    const { number: second } = await save("shop", "calendar.yaml", (text) => `${text}# longer on Fridays\n`);
    const back = await takeBackText(ana, node.deps, "shop", { path: "calendar.yaml", to: second - 1, number: second, note: "Fridays were a mistake" });
    expect(back.number).toBe(second + 1);
    expect((await read("shop", "calendar.yaml")).text).not.toContain("Fridays");
    const { items } = await listVersions(ana, node.deps, "shop", { path: "calendar.yaml" });
    expect(items.map(({ number, by, origin, note }) => [number, by, origin, note])).toEqual([[3, "Ana Kos", "desk", "Fridays were a mistake"], [2, "Ana Kos", "desk", ""], [1, null, "files", ""]]);
  });
  test("the audit has the text before and after", async () => {
    await save("shop", "dispositions.yaml", (text) => `# for the audit\n${text}`);
    const { rows } = await sql<{ before: string; after: string }>`select before, after from audit_log where action = 'declaration.saved' and object_id = 'shop/dispositions.yaml'`.execute(database.db);
    expect(rows).toHaveLength(1);
    expect(rows[0]!.after).toBe(`# for the audit\n${rows[0]!.before}`);
  });
  test("a path that is no declaration, a project that is not there and a person without the right are refused", async () => {
    for (const path of ["../shop/queues.yaml", "queues.yml", "processes/../x.yaml", "demo/people.yaml", "strange/x.yaml"]) {
      expect(await rejection(saveText(ana, node.deps, "shop", { path, text: "x: 1", number: 0, note: "" }))).toMatchObject({ code: "invalid", fields: [{ field: "path" }] });
    }
    expect(await rejection(listTexts(ana, node.deps, "bakery"))).toMatchObject({ code: "not_found" });
    const supervisor = database.ctx({ kind: "user", roles: ["supervisor"], projects: ["shop"] });
    expect(await rejection(listTexts(supervisor, node.deps, "shop"))).toMatchObject({ code: "forbidden" });
  });
  test.each([
    ["a text of megabytes", (text: string) => text + "# ".padEnd(600_000, "x"), "kB may be"],
    ["aliases that multiply", () => `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`, "alias"],
    ["an alias to itself", () => "a: &a\n  b: *a\n", ""],
    ["a key given twice", (text: string) => `${text}\nkey: shop\n`, "unique"],
    ["brackets without end", () => "[".repeat(100_000), "deeper"],
    ["twenty thousand unknown words", () => Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join("\n"), "is not known here"],
    ["question marks without end", () => "? - ".repeat(2_000), "deeper"],
    ["indentation without end", () => Array.from({ length: 3_000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"), ""],
  ])("%s is refused at once, with its place", async (_title, bend, message) => {
    const { text } = await read("shop", "project.yaml");
    // What takes the square of a text's length or worse is ended by the limit of every test.
    const { problems } = await checkText(ana, node.deps, "shop", { path: "project.yaml", text: bend(text) });
    expect(problems.find((problem) => problem.file === "shop/project.yaml" && problem.message.includes(message)), JSON.stringify(problems.slice(0, 3))).toBeDefined();
  });
});

describe("R358 a project from a template", () => {
  const bakery = { template: "shop", key: "bakery", name: { en: "Klas Bakery", ru: "Пекарня Клас", sl: "Pekarna Klas" }, languages: ["sl", "en"] as ("sl" | "en")[], defaultLanguage: "sl" as const, numbers: ["+38615550700", "700"], callerId: "+38615550700", ticketPrefix: "KLS", mailFrom: "info@klas.example" };
  test("is in use at once with all it needs: numbers, queues, processes, types and notices", async () => {
    await createProject(ana, node.deps, bakery);
    await other.deps.live.look();
    const plan = livePlan(other.deps.live.current);
    expect(plan.flowOf("700")).toBe("bakery");
    expect(plan.book.flows.bakery).toBeDefined();
    const project = await projectOf(system.db, "bakery");
    expect(project.project).toMatchObject({ name: bakery.name, ticket_prefix: "KLS", languages: ["sl", "en"] });
    expect(Object.keys(project.processIds).length).toBeGreaterThan(0);
    const ticket = await buildTicket(system, { projectKey: "bakery", type: project.types[0]!.key, subject: "Bread" });
    expect(ticket.number).toMatch(/^KLS-/);
    const { texts } = await listTexts(ana, node.deps, "bakery");
    expect(texts.every(({ origin, number }) => origin === "desk" && number === 1)).toBe(true);
    expect((await read("bakery", "ivr.yaml")).text, "comments come along").toContain("# ");
  });
  test("callers are offered only the languages it speaks", async () => {
    const { ivr } = node.deps.live.current().projects.find(({ project }) => project.key === "bakery")!;
    expect(Object.values(ivr.steps).flatMap((step) => (step.do === "set_language" ? [step.language] : [])).sort()).toEqual(["en", "sl"]);
  });
  test("a number, a prefix or a key that others have is told at its field", async () => {
    const error = await rejection(createProject(ana, node.deps, { ...bakery, key: "bakery2", numbers: ["+38615550701", "200"], ticketPrefix: "TAX" }));
    expect(error.fields.map(({ field }) => field)).toEqual(["numbers.1", "ticketPrefix"]);
    expect((await rejection(createProject(ana, node.deps, { ...bakery, numbers: ["+38615550702"], ticketPrefix: "KLX" }))).fields[0]).toMatchObject({ field: "key" });
  });
  test("R358 the template's own sender is never taken over: letters to the new project's clients leave in its own name", async () => {
    const { mailFrom } = (await listProjects(ana, node.deps)).templates.find(({ key }) => key === "shop")!;
    expect((await rejection(createProject(ana, node.deps, { ...bakery, key: "bakery3", mailFrom: mailFrom.toUpperCase() }))).fields).toMatchObject([{ field: "mailFrom", code: "mail_of_template" }]);
  });
  test("goes out as a folder and comes in as it was", async () => {
    const { bytes } = await exportProject(ana, node.deps, "bakery");
    expect(await importProject(ana, node.deps, bytes, { into: "bakery" })).toEqual({ key: "bakery", saved: 0, removed: 0, changes: [], lacks: [] });
    await save("bakery", "dispositions.yaml", (text) => `${text}# changed\n`);
    expect(await importProject(ana, node.deps, bytes, { into: "bakery", note: "as in spring" })).toEqual({ key: "bakery", saved: 1, removed: 0, changes: [{ path: "dispositions.yaml", how: "changed" }], lacks: [] });
    expect((await read("bakery", "dispositions.yaml")).note).toBe("as in spring");
  });
  test("R358 over a project that is there an archive is looked at first: what is new, changed and removed by name, and nothing is written", async () => {
    const { texts } = await listTexts(ana, node.deps, "bakery");
    const own = new Map(await Promise.all(texts.map(async ({ path }) => [path, (await read("bakery", path)).text] as const)));
    const gone = [...own.keys()].find((path) => path.startsWith("articles/"))!;
    const archive = new Map([...own].filter(([path]) => path !== gone)).set("calendar.yaml", `${own.get("calendar.yaml")}# other\n`).set("articles/new-one.yaml", own.get(gone)!.replace(/^key: .*$/m, "key: new-one"));
    const before = await listTexts(ana, node.deps, "bakery");
    const expected = { key: "bakery", saved: 2, removed: 1, changes: [{ path: "calendar.yaml", how: "changed" }, { path: gone, how: "removed" }, { path: "articles/new-one.yaml", how: "added" }].sort((a, b) => a.path.localeCompare(b.path)), lacks: [] };
    expect(await importProject(ana, node.deps, pack("bakery", archive), { into: "bakery", preview: "true" })).toEqual(expected);
    expect(await listTexts(ana, node.deps, "bakery")).toEqual(before);
    const broken = new Map(archive).set("types.yaml", "types: [");
    expect(await rejection(importProject(ana, node.deps, pack("bakery", broken), { into: "bakery", preview: "true" }))).toMatchObject({ reason: "declaration_refused" });
    expect(await importProject(ana, node.deps, pack("bakery", archive), { into: "bakery" })).toEqual(expected);
  });
});

describe("a start after the repository changed", () => {
  test("follows the files, keeps what was saved in the desk and says that the two differ", async () => {
    await save("taxi", "calendar.yaml", (text) => `${text}# of the desk\n`);
    const files = new Map(repository).set("taxi/calendar.yaml", `${repository.get("taxi/calendar.yaml")}# of the files\n`).set("taxi/dispositions.yaml", `${repository.get("taxi/dispositions.yaml")}# of the files\n`);
    const later = await startNode(system, files);
    expect(later.begun.differing).toContain("taxi/calendar.yaml");
    expect((await readText(ana, later.deps, "taxi", { path: "calendar.yaml" })).text).toContain("# of the desk");
    expect((await readText(ana, later.deps, "taxi", { path: "calendar.yaml" })).repository).toContain("# of the files");
    expect((await readText(ana, later.deps, "taxi", { path: "dispositions.yaml" })).text).toContain("# of the files");
    expect((await listTexts(ana, later.deps, "bakery")).texts.length, "a project of the desk needs no files").toBeGreaterThan(5);
  });
  test("with files that cannot be used goes on with what was in use, and health tells", async () => {
    const files = new Map(repository).set("taxi/types.yaml", "types: [");
    const later = await startNode(system, files);
    expect(later.begun.problems[0]).toMatchObject({ file: "taxi/types.yaml" });
    expect(later.deps.live.current().projects.map(({ project }) => project.key)).toEqual(["bakery", "internet", "shop", "taxi"]);
  });
});

describe("R159 a process that changes", () => {
  test("old tickets keep the version they began with until they are brought to the new one, which can be undone", async () => {
    const made = await buildTicket(system, { projectKey: "internet", type: "question" });
    const at = async () => (await sql<{ processId: string; stage: string }>`select process_id, stage from tickets where id = ${made.id}::uuid`.execute(database.db)).rows[0]!;
    const before = await at();
    await save("common", "processes/request.yaml", (text) => text.replace(/^name: .*$/m, "name: { en: Enquiry, ru: Обращение, sl: Poizvedba }"));
    expect(await at()).toEqual(before);
    const preview = await previewMigration(ana, "internet", "request");
    expect(preview.toId).not.toBe(before.processId);
    expect(preview.versions).toMatchObject([{ id: before.processId, tickets: 1, stages: [{ key: before.stage, tickets: 1, to: before.stage }] }]);
    const begun = await Promise.allSettled([ana, ivan, ana].map((ctx) => startMigration(ctx, "internet", "request", { toId: preview.toId, stages: {} })));
    expect(begun.flatMap((each) => (each.status === "rejected" ? [(each.reason as { reason: string }).reason] : [])), "one of three is first, the others are told").toEqual(["migration_running", "migration_running"]);
    const { id } = begun.find((each) => each.status === "fulfilled")!.value;
    await runBatch(system, id);
    expect(await at()).toEqual({ processId: preview.toId, stage: before.stage });
    expect((await processOf(system.db, preview.toId)).name.en).toBe("Enquiry");
    expect((await previewMigration(ana, "internet", "request")).recent[0]).toMatchObject({ state: "done", moved: 1, skipped: 0 });
    const second = await startMigration(ivan, "internet", "request", { toId: preview.toId, stages: {} });
    expect(await rejection(undoMigration(ana, "internet", id))).toMatchObject({ reason: "migration_running" });
    await runBatch(system, second.id);
    expect((await previewMigration(ana, "internet", "request")).recent[0]).toMatchObject({ state: "done", moved: 0, by: "Иван Петров" });
    await undoMigration(ana, "internet", id);
    await runBatch(system, id);
    expect(await at()).toEqual(before);
    expect(await rejection(previewMigration(ana, "internet", "constructor"))).toMatchObject({ code: "not_found" });
  });

  test("a ticket that is brought to it rings by its marks, keeps the deadline it was told, and decisions nobody can take any more lapse; undone, they are waited for again", async () => {
    const made = await buildTicket(system, { projectKey: "internet", type: "question", requiredBy: new Date("2027-03-01T12:00:00Z") });
    const state = async () => (await sql<{ thresholds: number[]; dueAt: Date; approval: string }>`select c.thresholds, t.due_at, a.state as approval from tickets t join clocks c on c.subject_id = t.id and c.name = 'solution' join ticket_approvals a on a.ticket_id = t.id where t.id = ${made.id}::uuid`.execute(database.db)).rows[0]!;
    await sql`insert into ticket_approvals (id, ticket_id, project_key, transition, stage, input, deed, requested_at) values (${newId()}, ${made.id}, 'internet', 'gone', ${made.stage}, '{}', 'refund', now())`.execute(database.db);
    const before = await state();
    expect(before.thresholds).toContain(75);
    await save("common", "processes/request.yaml", (text) => text.replace("at_percent: 75", "at_percent: 60"));
    const preview = await previewMigration(ana, "internet", "request");
    expect(preview.versions.reduce((sum, { approvals }) => sum + approvals, 0)).toBe(1);
    const { id } = await startMigration(ana, "internet", "request", { toId: preview.toId, stages: {} });
    await runBatch(system, id);
    expect(await state()).toEqual({ thresholds: before.thresholds.map((percent) => (percent === 75 ? 60 : percent)), dueAt: before.dueAt, approval: "lapsed" });
    await undoMigration(ana, "internet", id);
    await runBatch(system, id);
    expect(await state()).toEqual({ ...before, approval: "pending" });
  });

  test("the preview says which deadlines the new version would give and that those told stay, which tickets are done already; an undo says what it left", async () => {
    const [moved, done] = await Promise.all(["A", "B"].map((subject) => buildTicket(system, { projectKey: "internet", type: "question", subject })));
    await sql`update tickets set status = 'done' where id = ${done!.id}::uuid`.execute(database.db);
    const dueAt = async () => (await sql<{ dueAt: Date }>`select due_at from tickets where id = ${moved!.id}::uuid`.execute(database.db)).rows[0]!.dueAt;
    const before = await dueAt();
    const old = (await processOf(system.db, (await projectOf(system.db, "internet")).processIds["request"]!)).clocks.deadline_hours!;
    await save("common", "processes/request.yaml", (text) => text.replace(/high: \d+/, "high: 2"));
    const preview = await previewMigration(ana, "internet", "request");
    const [version] = preview.versions.filter(({ done: count }) => count > 0);
    expect(version).toMatchObject({ done: 1, deadlines: [{ clock: "solution", priority: "high", from: old.high, to: 2 }] });
    const { id } = await startMigration(ana, "internet", "request", { toId: preview.toId, stages: {} });
    await runBatch(system, id);
    expect(await dueAt(), "what the client was told stays").toEqual(before);
    await sql`update tickets set stage = 'elsewhere' where id = ${moved!.id}::uuid`.execute(database.db);
    await undoMigration(ana, "internet", id);
    await runBatch(system, id);
    expect((await previewMigration(ana, "internet", "request")).recent.find((run) => run.id === id)).toMatchObject({ state: "undone", kept: { moved: 1, merged: 0 } });
  });
});
