/** Refusals: a closed set of codes. One table maps them to HTTP, another to SIP (`calls.sip.ts`). */
export type ErrorCode = "invalid" | "unauthenticated" | "forbidden" | "not_found" | "conflict" | "too_large" | "too_many" | "unavailable";

/** What is wrong with one field: `code` is a message key, `params` fill it. */
export interface FieldProblem { field: string; code: string; params?: Record<string, string | number> }

export class AppError extends Error {
  readonly code: ErrorCode;
  /** Message key, translated at the edge into the reader's language. */
  readonly reason: string;
  readonly params: Record<string, string | number>;
  readonly fields: FieldProblem[];
  readonly retryAfterS: number | null;
  constructor(code: ErrorCode, reason: string, more: { params?: Record<string, string | number>; fields?: FieldProblem[]; retryAfterS?: number } = {}) {
    super(`${code}: ${reason}`);
    this.code = code;
    this.reason = reason;
    this.params = more.params ?? {};
    this.fields = more.fields ?? [];
    this.retryAfterS = more.retryAfterS ?? null;
  }
}

export const invalid = (fields: FieldProblem[], reason = "invalid_input") => new AppError("invalid", reason, { fields });
export const invalidField = (field: string, code: string, params: Record<string, string | number> = {}) => invalid([{ field, code, params }]);
export const unauthenticated = (reason = "sign_in_first") => new AppError("unauthenticated", reason);
/** `fields`: what of the request one may not; the rest alone would be let in. */
export const forbidden = (reason = "no_right", fields: FieldProblem[] = []) => new AppError("forbidden", reason, { fields });
export const notFound = (what: string, id: string) => new AppError("not_found", "not_found", { params: { what, id } });
/** What hangs on something that is not there for the reader is not there either: no answer tells the two apart. */
export const missingWith = async <T>(what: string, id: string, work: Promise<T>): Promise<T> => {
  try { return await work; } catch (error) { throw error instanceof AppError && error.code === "not_found" ? notFound(what, id) : error; }
};
export const conflict = (reason: string, params: Record<string, string | number> = {}) => new AppError("conflict", reason, { params });
export const tooMany = (retryAfterS: number, reason = "too_many_tries") => new AppError("too_many", reason, { retryAfterS });
export const unavailable = (reason = "unavailable", retryAfterS = 2) => new AppError("unavailable", reason, { retryAfterS });

export const HTTP_STATUS: Record<ErrorCode, number> = {
  invalid: 422, unauthenticated: 401, forbidden: 403, not_found: 404, conflict: 409, too_large: 413, too_many: 429, unavailable: 503,
};

/** PostgreSQL is away, in recovery, or out of room, memory or connections: the class of errors that heal by waiting. */
export function isDatabaseAway(error: unknown): boolean {
  const code = (error as { code?: string } | null)?.code ?? "";
  if (/^(08|53|57P)/.test(code)) return true;
  // No socket to connect to is a database that is not there; a file that is not there is another matter.
  if (code === "ENOENT") return (error as NodeJS.ErrnoException).syscall === "connect";
  if (["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"].includes(code)) return true;
  const message = error instanceof Error ? error.message : "";
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/.test(message);
}

/** Another transaction was first (serialization failure, deadlock): nothing was written, and who asks again sees what is there now. */
export const isOvertaken = (error: unknown): boolean => ["40001", "40P01"].includes((error as { code?: string } | null)?.code ?? "");

/** A row of the same key was there, or came in the same moment: nothing was written. */
export const isDuplicate = (error: unknown): boolean => (error as { code?: string } | null)?.code === "23505";
