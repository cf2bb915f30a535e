import { PASSWORD_MIN } from "@linija/server/contract/access/access.password";

export interface UserDraft { login: string; name: string; password: string }
/** A text and what fills it. */
export type UserFault = { key: "form.required" } | { key: "password.short"; count: number };

/** What a user cannot be saved with, by field: known without asking the server. */
export function faultsOf({ login, name, password }: UserDraft, isNew: boolean): Partial<Record<keyof UserDraft, UserFault>> {
  const required: UserFault = { key: "form.required" };
  const isShort = password !== "" && password.length < PASSWORD_MIN;
  return {
    ...(isNew && login.trim() === "" && { login: required }),
    ...(name.trim() === "" && { name: required }),
    ...(isNew && password === "" && { password: required }),
    ...(isShort && { password: { key: "password.short" as const, count: PASSWORD_MIN - password.length } }),
  };
}
