import type { MultipartFile } from "@fastify/multipart";
import type { FastifyRequest } from "fastify";
import type { Ctx } from "../../platform/db.ts";
import { AppError } from "../../platform/errors.ts";
import { CLIENT_FILE_MB } from "../messages/index.ts";
import type { Upload } from "../tickets/index.ts";
import type { Session } from "./portal.access.sql.ts";
import { writeOwn, type Folders } from "./portal.my.service.ts";

/** `answers`: when the stage began that its writer saw waiting for them. */
export type Written = { kind: "written"; answers: string | null; text: string; fileName: string | null } | { kind: "unknown" } | { kind: "problem"; text: string; fileName: string | null; problem: { key: string; params: Record<string, string | number> } };

/** The form for writing: its fields come first, then the file, which is never held in memory. */
export async function readWriting(request: FastifyRequest, { ctx, session, id }: { ctx: Ctx; session: Session; id: string }, { csrf, folders }: { csrf: (given: string) => void; folders: Folders }): Promise<Written> {
  const given = new Map<string, string>();
  let fileName: string | null = null;
  const write = async (upload: Upload | null): Promise<boolean> => {
    fileName = upload?.name ?? fileName;
    csrf(given.get("csrf") ?? "");
    return writeOwn(ctx, { session, id }, { id: messageId(given.get("message")), text: given.get("text") ?? "", upload }, folders);
  };
  try {
    const isMine = (request.isMultipart() ? await readParts(request, given, write) : null) ?? await write(null);
    return isMine ? { kind: "written", answers: given.get("seen") ?? null, text: given.get("text") ?? "", fileName } : { kind: "unknown" };
  } catch (error) {
    const told = problemOf(error);
    return { ...told, text: given.get("text") ?? "", fileName: OF_THE_FILE.has(told.problem.key) ? null : fileName };
  }
}

/** Null when there was no file; what `write` said of it otherwise. */
async function readParts(request: FastifyRequest, given: Map<string, string>, write: (upload: Upload) => Promise<boolean>): Promise<boolean | null> {
  let outcome: boolean | null = null;
  for await (const part of request.parts({ limits: { fileSize: CLIENT_FILE_MB * 1024 * 1024, files: 1, fields: 6 } })) {
    if (part.type === "field") given.set(part.fieldname, String(part.value).replaceAll("\0", "").toWellFormed());
    // A form without a file chosen sends an empty one without a name.
    else if (part.filename && outcome === null) outcome = await taken(part, write);
    else part.file.resume();
  }
  return outcome;
}

/** The same file chosen again would be refused again. */
const OF_THE_FILE: ReadonlySet<string> = new Set(["my_file_too_large", "my_file_kind", "my_files_too_many", "empty_file"]);

/** Whatever comes of it, the rest of the file is read, or the browser would never see the answer. */
async function taken({ filename, file }: MultipartFile, write: (upload: Upload) => Promise<boolean>): Promise<boolean> {
  try {
    return await write({ name: filename, stream: file, truncated: () => file.truncated });
  } finally {
    file.resume();
  }
}

/** Without an id of ours it is a form that somebody made. */
export function messageId(given = ""): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(given)) throw new AppError("invalid", "unreadable");
  return given;
}

/** What the client can do something about is said on the page; the rest goes the usual way. */
function problemOf(error: unknown): Pick<Written & { kind: "problem" }, "kind" | "problem"> {
  if ((error as { code?: string }).code === "FST_REQ_FILE_TOO_LARGE") return { kind: "problem", problem: { key: "my_file_too_large", params: { most: CLIENT_FILE_MB } } };
  if (!(error instanceof AppError)) throw error;
  const key = error.fields[0]?.code ?? error.reason;
  if (key === "too_large") return { kind: "problem", problem: { key: "my_file_too_large", params: { most: CLIENT_FILE_MB } } };
  if (key.startsWith("my_") || key === "empty_file") return { kind: "problem", problem: { key, params: {} } };
  throw error;
}
