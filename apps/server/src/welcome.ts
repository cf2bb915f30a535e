import type { Linija } from "./app.ts";

/** What is printed when everything answers: addresses, numbers to dial, sign-ins of the demo. */
export function welcome(linija: Linija, seconds: number): string {
  const { config, declarations, http, sip, mailUrl } = linija;
  const lines = [`\nLinija is ready after ${seconds.toFixed(1)} s.`, ""];
  if (http) {
    lines.push(`  Desk            ${http.url}/`, `  Call us (web)   ${http.url}/call`, `  Status page     ${http.url}/status`, `  API             ${http.url}/api/docs`);
    if (mailUrl) lines.push(`  Sent mail       ${http.url}/demo/mail`);
  }
  const address = sip?.addresses[0];
  if (address) {
    lines.push("", `  SIP phones and trunks: ${address.host}:${address.port} (UDP and TCP)`);
    if (address.port !== config.SIP_PORT) lines.push(`  (port ${config.SIP_PORT} is taken, so another was chosen)`);
    for (const { project } of declarations.projects) lines.push(`    sip:${project.numbers.at(-1)}@${address.host}:${address.port}   ${project.name.en}`);
  }
  if (config.LINIJA_DEMO) {
    lines.push("", `  Sign-ins (password ${config.LINIJA_DEMO_PASSWORD}):`);
    for (const role of ["operator", "supervisor", "department", "administrator"]) {
      const people = declarations.people.filter((person) => person.role === role);
      lines.push(`    ${role.padEnd(14)} ${people.slice(0, 3).map((person) => person.login).join(", ")}${people.length > 3 ? " …" : ""}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
