import { open } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { Installation } from "./installation.ts";
import type { Ledger } from "./load.ts";

interface Place { house: Installation; ledger: Ledger; since: Date }

/** What was acknowledged is there; true at every instant, so nothing is waited for. */
export async function nothingIsLost({ house, ledger }: Place): Promise<void> {
  // The load goes on while we look.
  const [tickets, wrapUps, answered] = [[...ledger.tickets], [...ledger.wrapUps], [...ledger.answered]];
  const missing = async (given: string[], text: string): Promise<string[]> => {
    const found = new Set((await house.rows<{ key: string }>(text, [given])).map(({ key }) => key));
    return given.filter((key) => !found.has(key));
  };
  expect(await missing(tickets, "select number as key from tickets where number = any($1)"), "tickets answered with 200 and lost").toEqual([]);
  expect(await missing(wrapUps, "select id as key from interactions where id = any($1::uuid[]) and wrapped_at is not null and disposition = 'wrong-number' and state = 'ended'"), "wrap-ups answered with 200 and lost").toEqual([]);
  expect(await missing(answered, "select from_number as key from interactions where from_number = any($1)"), "calls answered with 200 and lost").toEqual([]);
}

/** Nothing is stuck and every promise is kept; a sweep or a message on its way may have to pass first. */
export async function nothingIsStuck(place: Place): Promise<void> {
  const { house, ledger, since } = place;
  const live = await house.rows<{ fromNumber: string }>("select from_number, state, operator_id, node_id, started_at, queued_at, answered_at from interactions where state not in ('ended', 'wrap_up')");
  const left = live.filter((call) => !ledger.live.has(call.fromNumber)).map((call) => JSON.stringify({ ...call, caller: ledger.over.get(call.fromNumber) }));
  expect(left, `calls that go on without their callers: ${left.join("\n")}`).toEqual([]);
  const foreign = await house.rows("select id, state from interactions i where state not in ('ended', 'wrap_up') and node_id is not null and not exists (select 1 from nodes n where n.id = i.node_id)");
  expect(foreign, "calls of a node that is gone").toEqual([]);
  expect(await house.rows(BUSY_WITH_NOTHING), "operators busy with a call that is over").toEqual([]);
  expect(await house.rows(`select id, state, interaction_id from offers o where state in ('ringing', 'accepted')
    and not exists (select 1 from interactions i where i.id = o.interaction_id and i.state in ('offered', 'talking'))`), "offers of calls that are over").toEqual([]);
  expect(await house.rows(`select i.from_number from interactions i left join tickets t on t.id = i.callback_id and t.type = 'callback'
    where i.outcome in ('interrupted', 'abandoned') and i.direction = 'in' and i.from_number ~ '^\\+?\\d{3,15}$' and i.started_at >= $1 and t.id is null`, [since]), "cut off without a callback").toEqual([]);
  expect(await house.rows(`select t.number, t.calls, count(i.id)::int as counted from tickets t left join interactions i on i.callback_id = t.id
    where t.type = 'callback' and t.created_at >= $1 group by t.id having count(i.id) <> t.calls`, [since]), "callbacks that count other calls than theirs").toEqual([]);
  await recordingsAreWhole(place);
}

/** The rules that the tables themselves must not let anybody break. */
export async function nobodyIsOfferedTwice({ house }: Place): Promise<void> {
  for (const column of ["interaction_id", "operator_id"]) {
    expect(await house.rows(`select ${column} from offers where state in ('ringing', 'accepted') group by 1 having count(*) > 1`), `two live offers of one ${column}`).toEqual([]);
  }
}

const BUSY_WITH_NOTHING = `select s.operator_id, s.state, s.interaction_id, i.state as call, i.outcome from operator_states s left join interactions i on i.id = s.interaction_id
  where (s.state in ('offered', 'talking') and (i.id is null or i.state in ('ended', 'wrap_up')))
    or (s.state = 'wrap_up' and (i.id is null or i.state = 'ended' or i.operator_id <> s.operator_id))`;

async function recordingsAreWhole({ house, since }: Place): Promise<void> {
  const rows = await house.rows<{ path: string; endedAt: Date | null; durationMs: number; bytes: number; call: string }>(
    "select r.path, r.ended_at, r.duration_ms, r.bytes::int as bytes, i.state as call from recordings r join interactions i on i.id = r.interaction_id where r.started_at >= $1", [since]);
  expect(rows.filter((row) => row.endedAt === null && (row.call === "ended" || row.call === "wrap_up")), "recordings left open").toEqual([]);
  for (const row of rows.filter(({ endedAt }) => endedAt !== null)) {
    const file = await headerOf(join(house.recordings, row.path));
    expect(file, `the header of ${row.path}`).toEqual({ kind: "RIFF", form: "WAVE", riffBytes: file.size - 8, dataBytes: file.size - 58, size: row.bytes });
  }
}

/** Our recordings have 58 bytes before the sound. */
async function headerOf(path: string): Promise<{ kind: string; form: string; riffBytes: number; dataBytes: number; size: number }> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(58);
    await file.read(head, 0, 58, 0);
    const { size } = await file.stat();
    return { kind: head.toString("latin1", 0, 4), form: head.toString("latin1", 8, 12), riffBytes: head.readUInt32LE(4), dataBytes: head.readUInt32LE(54), size };
  } finally {
    await file.close();
  }
}
