import { sql } from "kysely";
import type { Db } from "./db.ts";
import { isDatabaseAway } from "./errors.ts";
import type { Log } from "./log.ts";
import type { Rpc } from "./rpc.ts";

/** What only one node at a time may do. */
export interface Post { name: string; /** Begins the work; the lease is held. */ take(): Promise<void>; /** Another node has it now. */ lose(): void }
export interface Lease { readonly isHeld: boolean; stop(): Promise<void> }

const EVERY_MS = 1_000;
/** A holder that is cut off from the database for so long may be replaced; one that is dead is replaced as soon as a node has looked. */
const HELD_S = 10;

/**
 * Stands for a post until this node holds it, then keeps it. A holder that cannot reach the database goes on: it is the
 * owner until another node has taken the row, which it sees at its next renewal. What two owners could do in that moment
 * the tables refuse (one live offer a call), so the price of the overlap is a refused offer.
 */
export async function holdLease({ db, rpc, log }: { db: Db; rpc: Rpc; log: Log }, post: Post): Promise<Lease> {
  let isHeld = false;
  let round = Promise.resolve();
  const turn = async (): Promise<void> => {
    // The dead hold nothing: whoever does not answer is forgotten first.
    if (!isHeld) await rpc.bury();
    const isMine = await renew(db, post.name, rpc.nodeId);
    if (isMine === isHeld) return;
    log.info({ lease: post.name }, isMine ? "this node takes the post" : "another node has taken the post");
    if (isMine) await post.take();
    else post.lose();
    isHeld = isMine;
  };
  await turn();
  const timer = setInterval(() => { round = round.then(turn).catch((error: unknown) => { if (!isDatabaseAway(error)) log.error({ err: error, lease: post.name }, "the lease could not be looked at"); }); }, EVERY_MS);
  return {
    get isHeld() { return isHeld; },
    stop: async () => {
      clearInterval(timer);
      await round;
      await sql`delete from leases where name = ${post.name} and node_id = ${rpc.nodeId}`.execute(db).catch(() => undefined);
    },
  };
}

const renew = async (db: Db, name: string, nodeId: string): Promise<boolean> => (await sql`
  insert into leases (name, node_id, until) values (${name}, ${nodeId}, now() + make_interval(secs => ${HELD_S}))
  on conflict (name) do update set node_id = excluded.node_id, until = excluded.until
    where leases.node_id = excluded.node_id or leases.until < now() or not exists (select from nodes n where n.id = leases.node_id)
  returning 1`.execute(db)).rows.length === 1;
