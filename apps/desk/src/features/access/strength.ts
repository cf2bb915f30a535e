import { PASSWORD_MIN, passwordFault, type PasswordFault } from "@linija/server/contract/access/access.password";

export type Verdict = { word: "empty" } | { word: "short"; missing: number } | { word: PasswordFault } | { word: "good" | "strong" };

const strongLength = 16;
const strongCharacters = 9;

/** What is said of a password while it is typed; the server knows more names and may still refuse. */
export function strengthOf(password: string, names: string[], current: string): Verdict {
  if (password === "") return { word: "empty" };
  if (password.length < PASSWORD_MIN) return { word: "short", missing: PASSWORD_MIN - password.length };
  const fault = passwordFault(password, { names, ...(current && { current }) });
  if (fault) return { word: fault };
  return { word: password.length >= strongLength && new Set(password).size >= strongCharacters ? "strong" : "good" };
}
