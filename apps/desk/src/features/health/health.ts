import type { Ready } from "@linija/server/contract/health/health";

export type Part = Ready["parts"][number];

/** The report comes with 503 when something is down; that is when it matters most, so it is read all the same. */
export async function askHealth(language: string): Promise<Ready> {
  // Without the session: to look it up takes the database, of which just this has to tell when it is away.
  const reply = await fetch("/api/health/ready", { credentials: "omit", headers: { "x-language": language } });
  const read = (await reply.json()) as Partial<Ready>;
  if (!read.parts || !read.state) throw new Error("no health report");
  return read as Ready;
}
