/** What a piece of work asks for; equal requirements are one object. */
export interface Requirement {
  readonly id: number;
  readonly language: string | null;
  /** Sorted by name, one entry a skill. */
  readonly skills: readonly { readonly skill: string; readonly level: number }[];
  /** The same as numbers: names in the vocabulary, the language first if there is one, and the lowest levels. */
  readonly names: readonly number[];
  readonly levels: readonly number[];
}

/** What an operator can do; one object a team. */
export interface Ability {
  readonly languages: ReadonlySet<string>;
  /** By name in the vocabulary; a language spoken has level 1. */
  levels: Uint8Array;
  /** Sum of all skill levels, for the fit `spare`. */
  readonly total: number;
}

/** Needs a requirement has in the flat table; further ones are looked up in the object. */
const FLAT = 3;

/**
 * Languages, skills and requirements as small numbers. They are few (what a centre has configured), so they are kept
 * for the life of the engine. Comparing is arithmetic on a table small enough to stay in the processor's cache, which
 * was several times faster than remembering the answer for every pair of ability and requirement.
 */
export class Vocabulary {
  readonly #names = new Map<string, number>();
  readonly #byKey = new Map<string, Requirement>();
  readonly #requirements: Requirement[] = [];
  /** Four places a requirement: three needs as name × 8 + level, 0 for none, and whether there are more. */
  #table = new Uint16Array(256);
  /** Length of every ability's `levels`: a power of two above all names. */
  #room = 64;

  requirement(language: string | null, skills: Requirement["skills"]): Requirement {
    const distinct = skills.length < 2 ? skills : highestOfEach(skills);
    const key = requirementKey(language, distinct);
    let requirement = this.#byKey.get(key);
    if (!requirement) {
      requirement = this.#makeRequirement(language, distinct);
      this.#byKey.set(key, requirement);
    }
    return requirement;
  }

  ability(languages: readonly string[], skills: Readonly<Record<string, number>>): Ability {
    const named = Object.entries(skills).map(([skill, level]) => [this.#name(`skill ${skill}`), level] as const);
    const spoken = languages.map((language) => this.#name(`language ${language}`));
    // Place 0 is no name: its level 0 meets the table's empty places.
    const levels = new Uint8Array(this.#room);
    for (const [name, level] of named) levels[name] = level;
    for (const name of spoken) levels[name] = 1;
    const total = named.reduce((sum, [, level]) => sum + level, 0);
    return { languages: new Set(languages), levels, total };
  }

  /** Whether the ability has all that the requirement of this number asks for. */
  meets(ability: Ability, requirementId: number): boolean {
    if (ability.levels.length < this.#room) this.#widen(ability);
    const { levels } = ability;
    const table = this.#table;
    const at = requirementId * 4;
    const a = table[at]!;
    const b = table[at + 1]!;
    const c = table[at + 2]!;
    // One branch for all three: each would be mispredicted half the time, and this is the innermost loop.
    const spare = (levels[a >> 3]! - (a & 7)) | (levels[b >> 3]! - (b & 7)) | (levels[c >> 3]! - (c & 7));
    if (spare < 0) return false;
    return table[at + 3] === 0 || fitOf(ability, this.#requirements[requirementId]!) !== LACKING;
  }

  #widen(ability: Ability): void {
    const wider = new Uint8Array(this.#room);
    wider.set(ability.levels);
    ability.levels = wider;
  }

  #makeRequirement(language: string | null, skills: Requirement["skills"]): Requirement {
    const names = skills.map(({ skill }) => this.#name(`skill ${skill}`));
    const levels = skills.map(({ level }) => level);
    if (language !== null) {
      names.unshift(this.#name(`language ${language}`));
      levels.unshift(1);
    }
    const id = this.#requirements.length;
    const requirement = { id, language, skills: skills.map(({ skill, level }) => ({ skill, level })), names, levels };
    this.#requirements.push(requirement);
    this.#write(requirement);
    return requirement;
  }

  #write({ id, names, levels }: Requirement): void {
    if (id * 4 >= this.#table.length) {
      const longer = new Uint16Array(this.#table.length * 2);
      longer.set(this.#table);
      this.#table = longer;
    }
    names.slice(0, FLAT).forEach((name, i) => {
      this.#table[id * 4 + i] = name * 8 + levels[i]!;
    });
    this.#table[id * 4 + FLAT] = names.length > FLAT ? 1 : 0;
  }

  #name(text: string): number {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = this.#names.size + 1;
      if (name > MOST_NAMES) throw new RangeError(`more than ${MOST_NAMES} languages and skills`);
      this.#names.set(text, name);
      if (name >= this.#room) this.#room *= 2;
    }
    return name;
  }
}

/** What fits in 16 bits beside a level. */
const MOST_NAMES = 2 ** 13 - 1;

export const LACKING = -1;

/** Summed level over the skills asked for, or `LACKING` the language or a level. */
export function fitOf(ability: Ability, requirement: Requirement): number {
  const { names, levels } = requirement;
  let sum = requirement.language === null ? 0 : -1;
  for (let i = 0; i < names.length; i++) {
    const has = ability.levels[names[i]!];
    if (has === undefined || has < levels[i]!) return LACKING;
    sum += has;
  }
  return sum;
}

function requirementKey(language: string | null, skills: Requirement["skills"]): string {
  let key = language === null ? "*" : `=${language}`;
  for (const { skill, level } of skills) key += `\n${level}${skill}`;
  return key;
}

function highestOfEach(skills: Requirement["skills"]): Requirement["skills"] {
  const levels = new Map<string, number>();
  for (const { skill, level } of skills) levels.set(skill, Math.max(level, levels.get(skill) ?? 0));
  return [...levels].map(([skill, level]) => ({ skill, level })).sort((a, b) => (a.skill < b.skill ? -1 : 1));
}
