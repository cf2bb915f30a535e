import { EXAMPLE, formHost, readForm } from "@linija/forms";
import { expect, test, vi } from "vitest";
import { FormStore, phoneOf } from "./store.ts";

const read = readForm(EXAMPLE, formHost("UTC"));
if (!read.ok) throw new Error("the example is wrong");
const { form } = read;
const nothing = { masked: [], filledBy: {}, typing: [] };
const begun = (): FormStore => { const store = new FormStore(form); store.stop(); return store; };

test("what is typed here stays on top of what the server tells, until it has arrived (R160)", () => {
  const store = begun();
  store.write("email", "ana@example.org");
  store.take({ ...nothing, data: { email: "old@example.org", note: "theirs" } });
  expect(store.data).toMatchObject({ email: "ana@example.org", note: "theirs" });
  store.sent(new Map([["email", "ana@example.org"]]));
  store.take({ ...nothing, data: { email: "newer@example.org" } });
  expect(store.data["email"]).toBe("newer@example.org");
  store.stop();
});

test("a value changed while the one before was on its way is still to be sent", () => {
  const store = begun();
  store.write("email", "a@example.org");
  const sent = new Map(store.dirty);
  store.write("email", "ab@example.org");
  store.sent(sent);
  expect([...store.dirty]).toEqual([["email", "ab@example.org"]]);
  store.stop();
});

test("a value of several parts has arrived when it comes back from the browser's own store, which copies it (R160)", () => {
  const store = begun();
  store.write("price", { amount: "12.50", currency: "EUR" });
  store.write("address", { city: "Maribor", street: "Glavna" });
  store.sent(structuredClone(new Map(store.dirty)));
  expect([...store.dirty]).toEqual([]);
  store.stop();
});

test("parts of a whole that waits to be sent go with it, and a whole takes its parts along", () => {
  const store = begun();
  store.write("subscriber.given", "Ana");
  store.write("subscriber", { surname: "Novak" });
  store.write("subscriber.given", "Eva");
  expect([...store.dirty]).toEqual([["subscriber", { surname: "Novak", given: "Eva" }]]);
  store.stop();
});

test("what is no number stays as it is typed, is told when its field is left, and is of no use until it is one (R154)", () => {
  const store = begun();
  store.write("equipment", [{ what: "router", count: "1/2" }]);
  store.write("email", "ana@example.org");
  store.think();
  expect([store.isUnfit("equipment"), store.isUnfit("email"), store.problemAt("equipment.0.count")]).toEqual([true, false, null]);
  store.touch("equipment.0.count");
  expect(store.problemAt("equipment.0.count")?.code).toBe("wrong_type");
  store.write("equipment.0.count", 2);
  store.think();
  expect([store.isUnfit("equipment"), store.isRight, store.data["equipment"]]).toEqual([false, false, [{ what: "router", count: 2 }]]);
  store.stop();
});

test("nobody is told what is empty before they submit, nor what is wrong before they leave the field (R154)", () => {
  const store = begun();
  store.write("phone", "12x");
  store.think();
  expect(store.problemAt("phone")).toBeNull();
  store.touch("phone");
  expect(store.problemAt("phone")?.code).toBe("phone");
  expect(store.problemAt("address")).toBeNull();
  store.showAll();
  expect(store.problemAt("address.city")?.code).toBe("required");
  store.stop();
});

test("a number as people write it is no mistake; what can be none is", () => {
  expect(["+386 (40) 123-456", "00386 40 123 456", "040/123-456"].map(phoneOf)).toEqual(["+38640123456", "+38640123456", "040123456"]);
  expect(["12", "no", "+0123456789"].map(phoneOf)).toEqual([null, null, null]);
});

const mark = (at: string) => ({ by: "operator" as const, name: "Ana", at });
const hidden = { data: { passport: { number: "••••56" } }, masked: [{ path: "passport", mayReveal: true }], typing: [] };

test("who typed what is masked goes on seeing it after it is saved, until somebody else writes there", () => {
  const store = begun();
  store.write("passport.number", "123456");
  store.sent(new Map(store.dirty));
  store.take({ ...hidden, filledBy: { "passport.number": mark("1") } });
  expect([store.data["passport"], store.maskAt("passport.number")]).toEqual([{ number: "123456" }, null]);
  store.take({ ...hidden, filledBy: { "passport.number": mark("2") } });
  expect([store.data["passport"], store.maskAt("passport.number")?.path]).toEqual([{ number: "••••56" }, "passport"]);
  store.stop();
});

test("what was typed over a value that nobody has seen is taken back and offered, and what waits beside it can go (R129)", () => {
  const store = begun();
  store.take({ ...hidden, filledBy: { "passport.number": mark("1") } });
  store.write("passport.number", "1");
  store.write("note", "mine");
  expect(store.refuse([{ field: "data.passport.number", code: "form_unseen", message: "hidden" }])).toBe(true);
  expect([store.data["passport"], store.refusedAt("passport.number"), store.conflicts, [...store.dirty.keys()]]).toEqual([{ number: "••••56" }, "hidden", [{ path: "passport.number", mine: "1", theirs: null }], ["note"]]);
  store.stop();
});

test("what waits for the network is sent with the version it was written upon, whatever has arrived since; who has been told of a conflict writes upon what they were told (R090, R160)", () => {
  const store = begun();
  store.take({ ...nothing, data: {}, version: 3 });
  store.write("email", "ana@example.org");
  store.take({ ...nothing, data: { email: "client@example.org" }, version: 4 });
  store.write("email", "ana@example.org!");
  store.write("note", "new");
  expect([store.data["email"], store.waiting.seen]).toEqual(["ana@example.org!", { email: 3, note: 4 }]);
  const anew = begun();
  anew.restore({ ...store.waiting, version: 4 });
  expect(anew.waiting).toEqual(store.waiting);
  store.sent(new Map(store.dirty));
  store.clash([{ path: "email", mine: "ana@example.org!", theirs: "client@example.org" }]);
  store.take({ ...nothing, data: { email: "client@example.org", note: "new" }, version: 5 });
  store.write("email", store.conflicts[0]!.mine);
  expect([store.waiting, store.conflicts]).toEqual([{ dirty: { email: "ana@example.org!" }, seen: { email: 5 }, conflicts: [] }, []]);
  store.stop();
  anew.stop();
});

test("a form that was submitted meanwhile shows what the server has; what was only here is told beside it and sent no more (R090)", () => {
  const store = begun();
  store.take({ ...nothing, data: { note: "theirs" }, version: 3 });
  store.write("email", "ana@example.org");
  store.write("note", "same");
  store.take({ ...nothing, data: { email: "client@example.org", note: "same" }, version: 4 });
  store.end();
  expect([store.data, [...store.dirty], store.conflicts]).toMatchObject([{ email: "client@example.org", note: "same" }, [], [{ path: "email", mine: "ana@example.org" }]]);
  store.stop();
});

test("a form that was put away while somebody typed, and brought back, computes and judges what is typed then (R154)", () => {
  vi.useFakeTimers();
  try {
    const store = begun();
    store.write("email", "ana@example");
    store.stop();
    store.touch("email");
    expect(store.problemAt("email")?.code).toBeDefined();
    store.write("email", "ana@example.org");
    vi.advanceTimersByTime(100);
    expect(store.problemAt("email")).toBeNull();
  } finally {
    vi.useRealTimers();
  }
});

test("what is typed while a save is on its way, at a place where somebody else was first, is offered with the rest (R090)", () => {
  const store = begun();
  store.enter("note");
  store.write("note", "By the");
  const sent = new Map(store.dirty);
  store.write("note", "By the window");
  store.sent(sent);
  store.clash([{ path: "note", mine: "By the", theirs: "At the door" }]);
  store.take({ ...nothing, data: { note: "At the door" }, version: 2 });
  store.write("note", "By the window!");
  expect([store.data["note"], store.conflicts[0]?.mine, store.dirty.size]).toEqual(["By the window!", "By the window!", 0]);
  store.leave();
  expect([store.data["note"], store.conflicts[0]?.mine]).toEqual(["At the door", "By the window!"]);
  store.stop();
});

test("whoever comes back to a place with an offer writes upon what stands there (R090)", () => {
  const store = begun();
  store.take({ ...nothing, data: { note: "Cesta 5" }, version: 2 });
  store.clash([{ path: "note", mine: "Glavni trg 1", theirs: "Cesta 5" }]);
  store.enter("note");
  store.take({ ...nothing, data: { note: "Cesta 5", email: "a@example.org" }, version: 3 });
  expect(store.data["note"]).toBe("Cesta 5");
  store.write("note", "Cesta 5a");
  store.leave();
  expect([store.data["note"], [...store.dirty], store.conflicts]).toEqual(["Cesta 5a", [["note", "Cesta 5a"]], []]);
  store.stop();
});

test("whoever goes on typing where somebody else has written meanwhile types their own words on, and decides when they leave the field (R090)", () => {
  const store = begun();
  let kept = 0;
  store.onSettle = () => { kept += 1; };
  store.enter("note");
  store.write("note", "By the");
  const sent = new Map(store.dirty);
  store.sent(sent);
  store.clash([{ path: "note", mine: "By the", theirs: "At the door" }]);
  store.take({ ...nothing, data: { note: "At the door" }, version: 2 });
  store.write("note", "By the window");
  store.take({ ...nothing, data: { note: "At the door" }, version: 3 });
  expect([store.data["note"], store.conflicts[0]?.mine, store.dirty.size, kept]).toEqual(["By the window", "By the window", 0, 1]);
  store.leave();
  expect([store.data["note"], store.conflicts[0]?.mine]).toEqual(["At the door", "By the window"]);
  store.write("note", "By the window");
  expect([store.data["note"], store.conflicts, [...store.seen]]).toEqual(["By the window", [], [["note", 3]]]);
  store.stop();
});
