import { Agent, request } from "node:http";

/** Of the demo's accounts. */
const PASSWORD = "linija-demo";

/** One signed-in person with one connection that is kept. */
export interface Desk { agent: Agent; url: string; cookie: string; csrf: string; projects: string[]; language: string }
export interface Ask { method: "GET" | "POST"; path: string; body?: object }

/** Anything but 200 ends the bench: a quick refusal is no figure. */
export function send(desk: Desk, { method, path, body }: Ask): Promise<unknown> {
  const text = body ? JSON.stringify(body) : "";
  return new Promise((resolve, reject) => {
    const headers = { cookie: desk.cookie, ...(body && { "x-csrf": desk.csrf, "content-type": "application/json", "content-length": Buffer.byteLength(text) }) };
    const asked = request(`${desk.url}/api${path}`, { method, agent: desk.agent, headers }, (response) => {
      let heard = "";
      response.setEncoding("utf8").on("data", (chunk: string) => { heard += chunk; });
      response.once("end", () => (response.statusCode === 200 ? resolve(JSON.parse(heard)) : reject(new Error(`${method} ${path}: ${response.statusCode} ${heard}`))));
    });
    asked.once("error", reject);
    asked.end(text);
  });
}

export async function signIn(url: string, login: string): Promise<Desk> {
  const response = await fetch(`${url}/api/access/sign-in`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ login, password: PASSWORD }) });
  if (!response.ok) throw new Error(`sign-in of ${login}: ${response.status} ${await response.text()}`);
  const { csrf, projects, language } = await response.json() as { csrf: string; projects: string[]; language: string };
  return { agent: new Agent({ keepAlive: true, maxSockets: 1 }), url, cookie: response.headers.getSetCookie()[0]!.split(";")[0]!, csrf, projects, language };
}
