import { createTransport } from "nodemailer";
import type { Language } from "../api.contract.ts";

export interface Mail { from: { name: string; address: string }; to: string; subject: string; text: string; html: string; messageId: string; language: Language; files?: { name: string; mediaType: string; content: Buffer }[] }

/** Sends one mail or throws; `close` ends its connections. */
export interface Mailer { send(mail: Mail): Promise<void>; close(): void }

/** Outgoing mail over the company's SMTP server, or over the demo's on loopback. */
export function createMailer(smtpUrl: string): Mailer {
  const { hostname } = new URL(smtpUrl);
  const transport = createTransport({ url: smtpUrl, pool: true, maxConnections: 2, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000, disableFileAccess: true, disableUrlAccess: true,
    // Loopback has nobody to hide from, and its demo server no certificate.
    ...(["127.0.0.1", "localhost", "[::1]"].includes(hostname) && { ignoreTLS: true }) });
  return {
    // Addresses go as objects: a name or an address can never be read as a list or as another header.
    send: async ({ from, to, subject, text, html, messageId, language, files = [] }) => {
      await transport.sendMail({ from, to: [{ name: "", address: to }], subject, text, html, messageId, headers: { "auto-submitted": "auto-generated", "content-language": language }, attachments: files.map(({ name, mediaType, content }) => ({ filename: name, contentType: mediaType, content })) });
    },
    close: () => transport.close(),
  };
}

/** A refusal that will be the same tomorrow: a 5xx answer (RFC 5321 §4.2.1). */
export const isPermanent = (error: unknown): boolean => {
  const code = (error as { responseCode?: unknown } | null)?.responseCode;
  return typeof code === "number" && code >= 500 && code < 600 && code !== 530 && code !== 535;
};
