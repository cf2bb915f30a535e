import type { Linija } from "./app.ts";
import { sendsNoMail } from "./features/notices/index.ts";
import type { FirstAdministrator } from "./features/access/index.ts";

/** What is printed when everything answers: addresses, numbers to dial, sign-ins of the demo. */
export function welcome(linija: Linija, seconds: number): string {
  const { config, declarations, http, sip, mailUrl } = linija;
  const lines = [`\nLinija is ready after ${seconds.toFixed(1)} s.`, ""];
  if (http) {
    lines.push(`  Desk            ${http.url}/`, `  Call us (web)   ${http.url}/call`, `  Status page     ${http.url}/status`, `  API             ${http.url}/api/docs`);
    if (mailUrl) lines.push(`  Sent mail       ${http.url}/demo/mail`);
    lines.push(...another(config.HTTP_PORT, http.port));
  }
  if (sendsNoMail(config)) lines.push("", "  No mail leaves: clients are told nothing until SMTP_URL names a mail server, for example SMTP_URL=smtp://user:password@mail.example:587");
  const address = sip?.addresses[0];
  if (address) {
    lines.push("", `  SIP phones and trunks: ${address.host}:${address.port} (UDP and TCP)`);
    lines.push(...another(config.SIP_PORT, address.port));
    lines.push(...numbersAt(declarations, `${address.host}:${address.port}`));
  }
  if (config.LINIJA_DEMO) {
    lines.push("", `  Sign-ins (password ${config.LINIJA_DEMO_PASSWORD}):`);
    for (const role of ["operator", "supervisor", "department", "management", "administrator"]) {
      const people = declarations.people.filter((person) => person.role === role);
      lines.push(`    ${role.padEnd(14)} ${people.slice(0, 3).map((person) => person.login).join(", ")}${people.length > 3 ? " …" : ""}`);
    }
  }
  if (linija.firstAdministrator) lines.push("", `  Sign in as ${linija.firstAdministrator.login}, with the password ${linija.firstAdministrator.madePassword ? "told above" : "of LINIJA_ADMIN_PASSWORD"}.`);
  return `${lines.join("\n")}\n`;
}

/** Port 0 asks for any. */
const another = (wanted: number, port: number): string[] => (wanted === 0 || port === wanted ? [] : [`  (port ${wanted} is taken, so another was chosen)`]);

/** The company's short number, then its projects'. */
const numbersAt = ({ company, projects }: Linija["declarations"], at: string): string[] =>
  [company, ...projects.map(({ project }) => project)].map(({ numbers, name }) => `    sip:${numbers.at(-1)}@${at}   ${name.en}`);

/** Said by the start that made this user, and by no other; the password is nowhere else, not in the log either. */
export function tellFirstAdministrator({ login, madePassword }: FirstAdministrator): string {
  if (madePassword === null) return `Made the first administrator: sign-in ${login}, password as LINIJA_ADMIN_PASSWORD says. The setting may be taken away now.`;
  return [
    "", "  The first administrator:", "", `    Sign-in    ${login}`, `    Password   ${madePassword}`, "",
    "  This password is told once, here. At the first sign-in another one must be chosen.", "  If it gets lost: npm run admin-password", "",
  ].join("\n");
}
