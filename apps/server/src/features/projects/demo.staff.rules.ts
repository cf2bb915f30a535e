import { departmentsOf } from "../processes/index.ts";
import { type Declarations, type Language, type Person, type ProjectDeclaration } from "./projects.contract.ts";

const FLUENT = 3;

/**
 * The demo's people are those of the projects that a first start has. Where others are in use as well, some of them join: for each of
 * its languages somebody who speaks it, with the skills its queues ask for, who leads and administers the company, and its departments.
 */
export function staffed(declarations: Declarations): Declarations {
  const empty = declarations.projects.filter(({ project }) => !declarations.people.some((person) => person.role === "operator" && person.projects.includes(project.key)));
  const people = empty.reduce((all, declared, index) => joined(all, declared, index), declarations.people);
  return empty.length === 0 ? declarations : { ...declarations, people };
}

function joined(people: Person[], declared: ProjectDeclaration, turn: number): Person[] {
  const { project, queues, processes } = declared;
  const operators = people.filter(({ role }) => role === "operator");
  // Another one begins each time, so that nobody gets all of them.
  const inTurn = [...operators.slice(turn % operators.length), ...operators.slice(0, turn % operators.length)];
  const speaking = (language: Language): Person | undefined => inTurn.find(({ speaks }) => (speaks[language] ?? 0) >= FLUENT) ?? inTurn[0];
  const chosen = new Set(project.languages.map((language) => speaking(language)?.login));
  const departments = new Set(Object.values(processes).flatMap((process) => departmentsOf(process).map(({ department }) => department)));
  const joins = (person: Person): boolean => (person.role === "operator" ? chosen.has(person.login) : person.role !== "department" || departments.has(person.department ?? ""));
  const skills = Object.fromEntries(queues.flatMap((queue) => Object.entries(queue.skills)).toSorted(([, a], [, b]) => a - b));
  return people.map((person) => (joins(person) ? { ...person, projects: [...person.projects, project.key], skills: person.role === "operator" ? { ...skills, ...person.skills } : person.skills } : person));
}
