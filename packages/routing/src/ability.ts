import type { Fit } from "./types.ts";

/** What a piece of work asks for; equal requirements are one object. */
export interface Requirement {
  readonly id: number;
  readonly language: string | null;
  /** Sorted by name, one entry a skill. */
  readonly skills: readonly { readonly skill: string; readonly level: number }[];
  /** The same as numbers: name × 8 + level, the language first, as level 1, if there is one. */
  readonly needs: readonly number[];
}

/** What an operator can do; one object a team. */
export interface Ability {
  /** Row in the vocabulary's table of levels. */
  readonly id: number;
  readonly languages: ReadonlySet<string>;
}

export const LACKING = -1;

/** Needs a requirement has in the flat table; further ones are looked up in the object. */
const FLAT = 3;
/** The largest name that fits in 16 bits beside a level. */
const LAST_NAME = 2 ** 13 - 1;
/** Above every sum of levels. */
const MOST = 2 ** 16;

/**
 * Languages, skills and requirements as small numbers, and what everybody can do as rows of one table. Names and
 * requirements are few (what a centre has configured) and kept for the life of the engine. Comparing is arithmetic on
 * flat memory, which was several times faster than remembering the answer for every pair of ability and requirement.
 */
export class Vocabulary {
  readonly #languages = new Map<string, number>();
  readonly #skills = new Map<string, number>();
  /** Keys are numbers while they fit: making and hashing a string would cost more than all the rest of a new call. */
  readonly #byKey = new Map<number | string, Requirement>();
  readonly #requirements: Requirement[] = [];
  /** Four places a requirement: three needs, 0 for none, and whether there are more. */
  #needs = new Uint16Array(256);
  /** Length of a row of levels: a power of two above all names. */
  #room = 64;
  /** By ability, by name: the level, 1 for a language spoken. Place 0 is no name: level 0 meets the empty needs. */
  #levels = new Uint8Array(64 * 64);
  #totals: number[] = [];
  readonly #freeIds: number[] = [];

  requirement(language: string | null, skills: Requirement["skills"]): Requirement {
    const distinct = skills.length < 2 ? skills : highestOfEach(skills);
    const key = this.#keyOf(language, distinct);
    let requirement = this.#byKey.get(key);
    if (!requirement) {
      requirement = this.#makeRequirement(language, distinct);
      this.#byKey.set(key, requirement);
    }
    return requirement;
  }

  /** By its number. */
  requirementOf(id: number): Requirement {
    return this.#requirements[id]!;
  }

  #keyOf(language: string | null, skills: Requirement["skills"]): number | string {
    // The number of skills keeps keys of different lengths apart.
    let key = skills.length * 2 ** 13 + (language === null ? 0 : this.#name(this.#languages, language));
    if (skills.length > 2) return JSON.stringify([key, skills.map(({ skill, level }) => [skill, level])]);
    for (const { skill, level } of skills) key = key * 2 ** 16 + this.#name(this.#skills, skill) * 8 + level;
    return key;
  }

  ability(languages: readonly string[], skills: Readonly<Record<string, number>>): Ability {
    const named = Object.entries(skills).map(([skill, level]) => [this.#name(this.#skills, skill), level] as const);
    const spoken = languages.map((language) => this.#name(this.#languages, language));
    const id = this.#freeIds.pop() ?? this.#totals.length;
    if ((id + 1) * this.#room > this.#levels.length) this.#resize(this.#room, this.#levels.length * 2);
    const at = id * this.#room;
    this.#levels.fill(0, at, at + this.#room);
    for (const [name, level] of named) this.#levels[at + name] = level;
    for (const name of spoken) this.#levels[at + name] = 1;
    this.#totals[id] = named.reduce((sum, [, level]) => sum + level, 0);
    return { id, languages: new Set(languages) };
  }

  /** The ability will not be asked about again. */
  release(ability: Ability): void {
    this.#freeIds.push(ability.id);
  }

  /** Whether the ability has all that the requirement of this number asks for. */
  meets(abilityId: number, requirementId: number): boolean {
    const levels = this.#levels;
    const needs = this.#needs;
    const row = abilityId * this.#room;
    const at = requirementId * 4;
    const a = needs[at]!;
    const b = needs[at + 1]!;
    const c = needs[at + 2]!;
    // One branch for all three: each would be mispredicted half the time, and this is the innermost loop.
    const spare =
      (levels[row + (a >> 3)]! - (a & 7)) | (levels[row + (b >> 3)]! - (b & 7)) | (levels[row + (c >> 3)]! - (c & 7));
    return spare >= 0 && (needs[at + FLAT] === 0 || this.skillSum(abilityId, this.#requirements[requirementId]!) >= 0);
  }

  /** Higher is better, `LACKING` when the language or a level is lacking. */
  score(abilityId: number, requirement: Requirement, fit: Fit): number {
    if (!this.meets(abilityId, requirement.id)) return LACKING;
    return fit === "spare" ? MOST - this.#totals[abilityId]! : this.skillSum(abilityId, requirement);
  }

  /** Summed level over the skills asked for, or `LACKING`. */
  skillSum(abilityId: number, { needs, language }: Requirement): number {
    const row = abilityId * this.#room;
    let sum = language === null ? 0 : -1;
    for (const need of needs) {
      const has = this.#levels[row + (need >> 3)]!;
      if (has < (need & 7)) return LACKING;
      sum += has;
    }
    return sum;
  }

  #makeRequirement(language: string | null, skills: Requirement["skills"]): Requirement {
    const needs = skills.map(({ skill, level }) => this.#name(this.#skills, skill) * 8 + level);
    if (language !== null) needs.unshift(this.#name(this.#languages, language) * 8 + 1);
    const id = this.#requirements.length;
    const requirement = { id, language, skills: skills.map(({ skill, level }) => ({ skill, level })), needs };
    this.#requirements.push(requirement);
    if ((id + 1) * 4 > this.#needs.length) {
      const longer = new Uint16Array(this.#needs.length * 2);
      longer.set(this.#needs);
      this.#needs = longer;
    }
    this.#needs.set(needs.slice(0, FLAT), id * 4);
    this.#needs[id * 4 + FLAT] = needs.length > FLAT ? 1 : 0;
    return requirement;
  }

  #name(names: Map<string, number>, text: string): number {
    let name = names.get(text);
    if (name === undefined) {
      name = this.#languages.size + this.#skills.size + 1;
      if (name > LAST_NAME) throw new RangeError(`skills cannot be more than ${LAST_NAME} together with languages`);
      names.set(text, name);
      if (name >= this.#room) this.#resize(this.#room * 2, this.#levels.length * 2);
    }
    return name;
  }

  #resize(room: number, length: number): void {
    const levels = new Uint8Array(length);
    for (let id = 0; id < this.#totals.length; id++) {
      levels.set(this.#levels.subarray(id * this.#room, (id + 1) * this.#room), id * room);
    }
    this.#levels = levels;
    this.#room = room;
  }
}

function highestOfEach(skills: Requirement["skills"]): Requirement["skills"] {
  const [a, b] = skills;
  // The commonest case by far, without making a map.
  if (skills.length === 2 && a!.skill !== b!.skill) return a!.skill < b!.skill ? skills : [b!, a!];
  const levels = new Map<string, number>();
  for (const { skill, level } of skills) levels.set(skill, Math.max(level, levels.get(skill) ?? 0));
  return [...levels].map(([skill, level]) => ({ skill, level })).sort((a, b) => (a.skill < b.skill ? -1 : 1));
}
