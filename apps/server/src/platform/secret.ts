import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Secrets that must be used again (of webhooks, mail boxes) are kept sealed: the database alone does not give them away. */
export interface Secrets { seal(text: string): Buffer; open(sealed: Buffer): string }

const FILE = "secret.key";
const VERSION = 1;
const [IV_BYTES, TAG_BYTES, KEY_BYTES] = [12, 16, 32];

/** AES-256-GCM: version, nonce, tag, text. Opening what was sealed with another key, or bent, throws. */
export function secretsOf(key: KeyObject): Secrets {
  return {
    seal(text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), body]);
    },
    open(sealed) {
      if (sealed[0] !== VERSION || sealed.length < 1 + IV_BYTES + TAG_BYTES) throw new Error("this is no sealed secret");
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(1, 1 + IV_BYTES));
      decipher.setAuthTag(sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(1 + IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
    },
  };
}

/** The key of this installation: as configured, or from a file that the first start makes. Every node needs the same. */
export function openSecrets(folder: string, configured: string): Secrets {
  return secretsOf(createSecretKey(configured === "" ? fileKey(folder) : Buffer.from(configured, "base64")));
}

function fileKey(folder: string): Buffer {
  const path = join(folder, FILE);
  mkdirSync(folder, { recursive: true });
  try {
    // Never over one that is there: what was sealed with it would be lost.
    writeFileSync(path, randomBytes(KEY_BYTES), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const key = readFileSync(path);
  if (key.length !== KEY_BYTES) throw new Error(`${path} is no key: it must have ${KEY_BYTES} bytes`);
  return key;
}
