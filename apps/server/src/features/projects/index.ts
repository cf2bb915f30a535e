export { describeProblems, loadDeclarations, projectFolders, projectsNamed, readDeclarations, RESERVED, textsOf, type ReadOptions } from "./projects.load.ts";
export { decodeText, MAX_TEXT_BYTES, readFolder, type Texts } from "./projects.texts.ts";
export { kindOf, type Departments, type KindProblem, type TextKind } from "./projects.kinds.ts";
export { readBySchema } from "./projects.schema.ts";
export { inAll, problem, told, type PlacedProblem, type ProblemCode, type ToldProblem } from "./problems.contract.ts";
export { schemaProblems, wordsOf, type Words } from "./projects.problems.ts";
export { tooLarge } from "./projects.texts.ts";
export { addWorkingTime, isOpen, nextOpening, workingClock, workingTime, workingTimeBetween } from "./calendar.rules.ts";
export { makeDemo } from "./demo.rules.ts";
export { staffed } from "./demo.staff.rules.ts";
export type { DemoActor, DemoClient, DemoInteraction, DemoProject, DemoStep, DemoTicket } from "./demo.contract.ts";
export { seededRandom, type Random } from "./random.rules.ts";
export { renderNotice, type NoticeValues } from "./notices.rules.ts";
export { languages, noticeVariables, priorities } from "./projects.contract.ts";
export type {
  Calendar, Declarations, FileProblem, Language, LoadResult, Notice, NoticeVariable, Person, Priority, ProjectDeclaration, QueueDeclaration, Text,
} from "./projects.contract.ts";
