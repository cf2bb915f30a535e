import fc from "fast-check";
import { expect, test } from "vitest";
import { SortedList } from "./sorted.ts";
import { Vocabulary } from "./ability.ts";

test("a sorted list stays sorted, counts and finds like a plain array, whatever is added and deleted", () => {
  const changes = fc.array(fc.record({ value: fc.integer({ min: 0, max: 400 }), drop: fc.boolean() }), { maxLength: 1500, size: "max" });
  fc.assert(
    fc.property(changes, fc.integer({ min: 0, max: 400 }), (steps, limit) => {
      const list = new SortedList<number>((a, b) => a < b);
      const plain = new Set<number>();
      for (const { value, drop } of steps) {
        if (drop) expect(list.delete(value)).toBe(plain.delete(value));
        else if (plain.size === 0 || value > Math.max(...plain)) list.append(value);
        else if (!plain.has(value)) list.add(value);
        if (!drop) plain.add(value);
      }
      const sorted = [...plain].sort((a, b) => a - b);
      expect(list.blocks.flat()).toEqual(sorted);
      expect(list.size).toBe(sorted.length);
      expect(list.first()).toBe(sorted[0]);
      expect(list.countWhile((each) => each < limit)).toBe(sorted.filter((each) => each < limit).length);
      expect(list.find((each) => each >= limit)).toBe(sorted.find((each) => each >= limit));
    }),
    { numRuns: 100 },
  );
});

test("abilities meet requirements exactly when every language and level does, however many of each there are", () => {
  const skills = fc.dictionary(fc.integer({ min: 0, max: 90 }).map((n) => `s${n}`), fc.integer({ min: 1, max: 5 }), { maxKeys: 30 });
  const needs = fc.array(fc.record({ skill: fc.integer({ min: 0, max: 90 }).map((n) => `s${n}`), level: fc.integer({ min: 1, max: 3 }) }), { maxLength: 5 });
  const language = fc.constantFrom(null, "en", "ru", "sl");
  fc.assert(
    fc.property(fc.array(fc.record({ skills, spoken: fc.subarray(["en", "ru", "sl"]) }), { maxLength: 80 }), fc.array(fc.record({ needs, language })), (people, asked) => {
      const vocabulary = new Vocabulary();
      const abilities = people.map((each) => vocabulary.ability(each.spoken, each.skills));
      for (const { needs, language } of asked) {
        const requirement = vocabulary.requirement(language, needs);
        people.forEach((each, i) => {
          const able = (language === null || each.spoken.includes(language)) && needs.every(({ skill, level }) => (each.skills[skill] ?? 0) >= level);
          const wanted = new Set(needs.map(({ skill }) => skill));
          const sum = [...wanted].reduce((total, skill) => total + (each.skills[skill] ?? 0), 0);
          expect(vocabulary.meets(abilities[i]!.id, requirement.id)).toBe(able);
          expect(vocabulary.skillSum(abilities[i]!.id, requirement)).toBe(able ? sum : -1);
        });
      }
    }),
    { numRuns: 100 },
  );
});
