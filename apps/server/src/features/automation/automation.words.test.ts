import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileExpression, createCatalogue } from "@linija/rules";
import { expect, test } from "vitest";
import { parse } from "yaml";

const PROJECTS = join(import.meta.dirname, "../../../../../projects");
const text = { type: "text", doc: { en: "x", ru: "x", sl: "x" } };
const catalogue = createCatalogue({ records: { ticket: { doc: text.doc, fields: { type: text, priority: text, subject: text, description: text } } }, variables: { ticket: { type: "ticket", doc: text.doc } } });

function isWoken(rule: string, subject: string): boolean {
  const { when } = parse(readFileSync(join(PROJECTS, `${rule}.yaml`), "utf8")) as { when: string };
  const compiled = compileExpression(when, catalogue, { expects: "boolean" });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const result = compiled.expression.evaluate({ ticket: { type: "taxi-order", priority: "normal", subject, description: "" } });
  if (!result.ok) throw new Error(result.problem.code);
  return result.value as boolean;
}

const DANGEROUS = ["internet/rules/dangerous-words", "energy/rules/danger-to-life"];
const INNOCENT = [
  "Firefox does not open pages, the firewall is on", "He was fired and wants to end the contract", "The wireless network is slow", "The dimmer switch has no light",
  "Не работает интернет. Искренне Ваш, Пожарский", "Горит красная лампочка на модеме", "Дымоход чистят соседи, нужен перенос визита", "Не приходит счёт за провод интернета",
  "Lep pozdrav, Vladimir Kos", "Brezžični internet je počasen", "Sprememba dimenzij omarice, Dimitrij", "Gori zelena lučka na modemu", "Žičnica ne dela",
];
const BURNING = [
  "There is smoke from the socket", "FIRE at the meter!", "Sparks in the cabinet", "Из счётчика идёт дым", "Пожар в подъезде", "Провод искрит", "Видны искры",
  "V omarici je požar", "Iz števca se kadi", "Čutimo dim", "Kabel se iskri", "Bojimo se požara",
];

test.each(DANGEROUS)("R138 %s wakes for danger in three languages, and not for a word that only holds its letters", (rule) => {
  expect(INNOCENT.filter((said) => isWoken(rule, said))).toEqual([]);
  expect(BURNING.filter((said) => !isWoken(rule, said))).toEqual([]);
});

test.each([
  ["energy/rules/danger-to-life", ["A live wire hangs over the road", "The wire is down", "Оборван провод у дома", "Провода упали на дорогу", "Žica na tleh pred hišo"], ["Wire transfer of the invoice", "Проводите меня к оператору", "Žični daljinec ne dela"]],
  ["bank/rules/card-stolen", ["My card was stolen", "У меня украли карту", "Это мошенники", "Karta je bila ukradena", "Sum na goljufijo"], ["Украшения для филиала", "Selim se iz drugega kraja", "Card for my scampi shop"]],
  ["support/rules/malware", ["A virus on my laptop", "Ransomware on the server", "Файлы зашифрованы", "Похоже на вирус", "Zlonamerna koda na računalniku", "Računalnik ima viruse in virusov je več"], ["Extend the antivirus", "Продлите антивирус", "Коронавирусные справки", "Protivirusni program je potekel", "Anti-virus licence"]],
  ["transport/rules/accident", ["There was an accident on the A1", "Passengers are injured", "Автобус попал в ДТП", "Авария на трассе", "Есть пострадавшие", "Nesreča pri Celju", "Avtobus je v trčenju"], ["I bought two tickets by accident", "The app crashed", "Аварийный выход закрыт?", "Poškodovana vozovnica"]],
  ["taxi/rules/airport-order", ["To the airport", "На вокзал к поезду", "Опаздываю на самолёт", "Na letališče"], ["Training centre, Main street", "Petrol station Petrol", "Поездка в центр", "Postajališče taksijev"]],
])("R138 %s: whole words and their forms", (rule, woken, asleep) => {
  expect(woken.filter((said) => !isWoken(rule, said))).toEqual([]);
  expect(asleep.filter((said) => isWoken(rule, said))).toEqual([]);
});
