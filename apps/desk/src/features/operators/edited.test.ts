import { expect, test } from "vitest";
import { changeOf, differences, groupsOfFour, isChanged, isLoopback, queuesFor, rebased, shownLevel, skillsInOrder, touchLanguages, touchLevel, yielded } from "./edited.ts";

const saved = { languages: ["sl", "en"], skills: { internet: 3, modem: 2 } };

test("sends only what differs from what is saved, and a skill set to nothing is gone", () => {
  const edited = touchLevel(saved, touchLevel(saved, {}, "modem", 0), "taxi", 4);
  expect(changeOf(saved, edited)).toEqual({ skills: { internet: 3, taxi: 4 } });
  expect(changeOf(saved, touchLanguages(saved, {}, ["en"]))).toEqual({ languages: ["en"] });
  expect(isChanged(saved, {})).toBe(false);
});

test("is unchanged again when a level is set back, or languages are ticked in another order", () => {
  expect(isChanged(saved, touchLevel(saved, touchLevel(saved, {}, "modem", 5), "modem", 2))).toBe(false);
  expect(isChanged(saved, touchLanguages(saved, {}, ["en", "sl"]))).toBe(false);
});

test("lets fields nobody touched here follow what somebody else has saved meanwhile", () => {
  const edited = touchLevel(saved, {}, "modem", 5);
  const newer = { languages: ["ru"], skills: { internet: 1, modem: 2 } };
  expect(differences(newer, edited)).toEqual([]);
  expect(changeOf(newer, edited)).toEqual({ skills: { internet: 1, modem: 5 } });
});

test("sees when a touched field was changed by somebody else too, and keeps mine or takes theirs", () => {
  const edited = touchLanguages(saved, touchLevel(saved, touchLevel(saved, {}, "modem", 5), "taxi", 1), ["sl"]);
  const newer = { languages: ["sl", "ru"], skills: { internet: 3, modem: 4 } };
  expect(differences(newer, edited)).toEqual([{ key: "languages", theirs: ["sl", "ru"], mine: ["sl"] }, { key: "modem", theirs: 4, mine: 5 }]);
  expect(differences(newer, rebased(newer, edited))).toEqual([]);
  expect(changeOf(newer, rebased(newer, edited))).toEqual({ languages: ["sl"], skills: { internet: 3, modem: 5, taxi: 1 } });
  expect(changeOf(newer, yielded(newer, edited))).toEqual({ skills: { internet: 3, modem: 4, taxi: 1 } });
});

test("has nothing to ask when both made the same change", () => {
  const edited = touchLevel(saved, {}, "modem", 5);
  const newer = { ...saved, skills: { internet: 3, modem: 5 } };
  expect(differences(newer, edited)).toEqual([]);
  expect(isChanged(newer, edited)).toBe(false);
});

const choices: Parameters<typeof skillsInOrder>[0] = {
  projects: [{ key: "internet", name: "Internet" }, { key: "taxi", name: "Taxi" }],
  languages: ["en", "ru", "sl"], skills: ["internet", "modem", "taxi"].map((key) => ({ key, name: null, mayChange: true })), freeExtension: null,
  server: { host: "10.0.0.5", port: 5060, transports: ["udp"] },
  queues: [{ id: "internet.support", projectKey: "internet", name: "Support", languages: ["sl", "ru"], skills: { internet: 2, modem: 3 } }, { id: "taxi.orders", projectKey: "taxi", name: "Taxi", languages: ["ru"], skills: { taxi: 1 } }],
};

test("says which queues give somebody calls, in which languages, and which level is missing for the others", () => {
  expect(queuesFor(choices.queues, ["internet"], saved)).toEqual([{ id: "internet.support", name: "Support", languages: ["sl"], missing: [{ key: "modem", level: 3 }] }]);
  expect(queuesFor(choices.queues, ["internet", "taxi"], { languages: ["ru"], skills: { internet: 2, modem: 3, taxi: 5 } }).every(({ missing }) => missing.length === 0)).toBe(true);
});

test("puts skills of one's own projects first and forgets none that somebody has", () => {
  expect(skillsInOrder(choices, { projects: ["taxi"], skills: { fax: 2 } })).toEqual({ own: ["taxi"], others: ["internet", "modem"], forgotten: ["fax"] });
});

test("shows a skill nobody has as level nought", () => { expect(shownLevel(saved, {}, "taxi")).toBe(0); });

test("groups a password for reading and knows addresses other machines cannot reach", () => {
  expect(groupsOfFour("adgjmptwad")).toEqual(["adgj", "mptw", "ad"]);
  expect(["127.0.0.1", "localhost", "::1", "[::1]"].every(isLoopback)).toBe(true);
  expect(["10.0.0.5", "sip.example.com", "::2"].some(isLoopback)).toBe(false);
});
