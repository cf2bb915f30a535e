import { type TxCtx } from "../../platform/db.ts";
import { type Declarations, type ProjectDeclaration } from "./projects.contract.ts";
import { type PlacedProblem } from "./problems.contract.ts";

/** Of the company, by key. */
export type Departments = Declarations["company"]["departments"];

/** A problem with its place: by line, or by path, from which the line is found. */
export type KindProblem = PlacedProblem & { line?: number | null; column?: number | null };

/**
 * A kind of text that a feature above this one understands, given by the composition root (`kinds.ts`). Before `read` the
 * text is known to be small, UTF-8 and YAML without repeated keys or swarming aliases.
 */
export interface TextKind {
  /** `forms` for the texts of that folder, `authority.yaml` for the one text of that name. */
  at: string;
  /** `key` is the name of the file without `.yaml`. `value` is kept only when there are no problems. */
  read(text: string, where: { key: string; projectKey: string }): { value: unknown; problems: readonly KindProblem[] };
  /** What does not fit the rest of the project, once all of it has been read. `departments`: none when the company cannot be read. */
  check?(value: unknown, declared: ProjectDeclaration, where: { key: string; departments?: Departments | undefined }): readonly KindProblem[];
  /**
   * Called in the transaction that puts the project in use, for a feature that keeps versions of its own. What it returns
   * stands in the project's definition instead of the values themselves. `isTemplate`: a project is made from a template just
   * now, so that nobody has written these texts here.
   */
  use?(ctx: TxCtx, projectKey: string, values: Record<string, unknown>, made?: { isTemplate: boolean }): Promise<Record<string, unknown>>;
  /** What of texts that a project was only just brought with names people or things it does not have: they may come later, so it is told and refuses nothing. Each with the key of its text. */
  lacks?(ctx: TxCtx, projectKey: string, values: Record<string, unknown>): Promise<readonly (KindProblem & { key: string })[]>;
}

/** Known by their architecture: until their feature reads them they are only looked at as YAML. */
const FOLDERS = ["forms", "rules", "documents", "guides", "articles"];
const FILES = ["authority.yaml", "places.yaml", "webhooks_in.yaml"];
const OWN_FILES = ["project.yaml", "calendar.yaml", "queues.yaml", "ivr.yaml", "types.yaml", "dispositions.yaml", "notices.yaml"];
const NAME = /^[a-z][a-z0-9-]{0,40}\.yaml$/;

/** What a text of a project is, by its path in the project's folder: `queues`, `processes`, `forms`; null: nothing we know. */
export function kindOf(path: string, kinds: readonly TextKind[] = []): string | null {
  if (path === "demo/scenes.yaml") return "demo";
  const parts = path.split("/");
  if (parts.length === 1) return [...OWN_FILES, ...FILES, ...kinds.map(({ at }) => at)].includes(path) ? path.slice(0, -".yaml".length) : null;
  const [folder = "", name = ""] = parts;
  const isKnown = ["processes", ...FOLDERS, ...kinds.map(({ at }) => at)].includes(folder);
  return parts.length === 2 && isKnown && NAME.test(name) ? folder : null;
}
