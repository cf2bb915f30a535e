import { randomInt } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import { newSecret } from "../../platform/ids.ts";

/** OWASP's argon2id parameters: 19 MiB, two passes, one lane (about 25 ms on a thread of libuv's pool, not on ours). */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password.normalize("NFKC"), PARAMETERS);

let decoy: Promise<string> | null = null;

/** With no user there is still a hash to compare with, so that an unknown name takes the same time as a wrong password. */
export async function isRightPassword(stored: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword(newSecret());
  const right = await verify(stored ?? (await decoy), password.normalize("NFKC"));
  return right && stored !== undefined;
}

/** Without what looks alike when read from a screen or a sheet: l and 1, o and 0, i. */
const READABLE = "abcdefghjkmnpqrstuvwxyz23456789";

/** A password to be read and typed once: twenty characters, 99 bits, in groups of five. */
export const makePassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => READABLE[randomInt(READABLE.length)]).join("")).join("-");
