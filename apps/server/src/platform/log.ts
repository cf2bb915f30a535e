import { pino, destination, type Logger } from "pino";

export type Log = Logger;

/** Nothing that opens a door or names a person's secret may reach the log. */
const SECRETS = ["password", "*.password", "secret", "*.secret", "token", "*.token", "authorization", "*.authorization", "cookie", "*.cookie", "req.headers", "*.ha1", "ha1"];

export function createLog(level: string, file: string): Log {
  const options = { level, base: null, redact: { paths: SECRETS, censor: "[held back]" }, timestamp: () => `,"at":"${new Date().toISOString()}"` };
  return file ? pino(options, destination({ dest: file, mkdir: true, sync: false })) : pino(options);
}
