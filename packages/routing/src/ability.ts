/** What a piece of work asks for; equal requirements are one object. */
export interface Requirement {
  readonly id: number;
  readonly language: string | null;
  /** Sorted by name, one entry a skill. */
  readonly skills: readonly { readonly skill: string; readonly level: number }[];
}

/** What an operator can do; one object a team. */
export interface Ability {
  readonly languages: ReadonlySet<string>;
  readonly skills: ReadonlyMap<string, number>;
  /** Sum of all levels, for the fit `spare`. */
  readonly total: number;
  /** By requirement id: summed level in what is asked for, or -1 when something is lacking. */
  readonly fits: (number | undefined)[];
}

/**
 * Requirements are few (languages × skill combinations a centre has configured), so they are kept for the life of the
 * engine; their small numbers index each ability's table of fits.
 */
export class Requirements {
  readonly #byKey = new Map<string, Requirement>();

  intern(language: string | null, skills: readonly { readonly skill: string; readonly level: number }[]): Requirement {
    const distinct = skills.length < 2 ? skills : highestOfEach(skills);
    const key = requirementKey(language, distinct);
    let requirement = this.#byKey.get(key);
    if (!requirement) {
      const copied = distinct.map(({ skill, level }) => ({ skill, level }));
      requirement = { id: this.#byKey.size, language, skills: copied };
      this.#byKey.set(key, requirement);
    }
    return requirement;
  }
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

export function makeAbility(languages: readonly string[], skills: Readonly<Record<string, number>>): Ability {
  const levels = Object.values(skills);
  const total = levels.reduce((sum, level) => sum + level, 0);
  return { languages: new Set(languages), skills: new Map(Object.entries(skills)), total, fits: [] };
}

/** Summed level over the skills asked for, or -1 when the language or a level is lacking. */
export function fitOf(ability: Ability, requirement: Requirement): number {
  return (ability.fits[requirement.id] ??= computeFit(ability, requirement));
}

function computeFit(ability: Ability, requirement: Requirement): number {
  if (requirement.language !== null && !ability.languages.has(requirement.language)) return -1;
  let sum = 0;
  for (const { skill, level } of requirement.skills) {
    const has = ability.skills.get(skill) ?? 0;
    if (has < level) return -1;
    sum += has;
  }
  return sum;
}
