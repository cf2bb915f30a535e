import { sql } from "kysely";
import type { Db } from "./db.ts";
import { isDatabaseAway } from "./errors.ts";
import type { Log } from "./log.ts";
import type { Rpc } from "./rpc.ts";

/** Whether a time in office still runs. It ends when another node has the post, and when this one has slept so long that one may. */
export type Tenure = () => boolean;
/** What only one node at a time may do. */
export interface Post {
  name: string;
  /** Begins the work; the lease is held. */
  take(isMine: Tenure): Promise<void>;
  /** The tenure is over. */
  lose(): Promise<void>;
}
export interface Lease { /** Lets go at once, so that a standby need not wait. */ stop(): Promise<void> }

const EVERY_MS = 1_000;
/** A holder that is cut off from the database for so long may be replaced; one that is dead is replaced as soon as a node has looked. */
const HELD_S = 10;

/**
 * Stands for a post until this node holds it, then keeps it. A holder that cannot reach the database goes on: it is the
 * owner until another node has taken the row, which it sees at its next renewal. What two owners could do in that moment
 * the tables refuse (one live offer a call), so the price of the overlap is a refused offer. A holder that was stopped
 * for so long (a virtual machine moved, a laptop closed) does nothing on its old knowledge when it wakes: it looks first.
 */
export async function holdLease({ db, rpc, log }: { db: Db; rpc: Rpc; log: Log }, post: Post): Promise<Lease> {
  let round = Promise.resolve();
  let awakeMs = performance.now();
  let office: { isOver: boolean } | null = null;
  const isAwake = (): boolean => performance.now() - awakeMs < HELD_S * 1_000;
  const leave = async (why: string): Promise<void> => {
    log.info({ lease: post.name, why }, "this node gives the post up");
    if (office) office.isOver = true;
    office = null;
    await post.lose();
  };
  const take = async (): Promise<void> => {
    const mine = { isOver: false };
    office = mine;
    log.info({ lease: post.name }, "this node takes the post");
    await post.take(() => !mine.isOver && isAwake()).catch((error: unknown) => {
      mine.isOver = true;
      office = null;
      throw error;
    });
  };
  const turn = async (): Promise<void> => {
    if (office?.isOver) await leave("it has slept too long to know whether it still is its own");
    // The dead hold nothing: whoever does not answer is forgotten first.
    if (!office) await rpc.bury();
    const beganMs = performance.now();
    const isMine = await renew(db, post.name, rpc.nodeId);
    // An answer from before a long sleep says nothing about now.
    if (performance.now() - beganMs >= HELD_S * 1_000) return;
    if (isMine && !office) await take();
    if (!isMine && office) await leave("another node has taken it");
  };
  await turn();
  const tick = (): void => {
    if (office && !isAwake()) office.isOver = true;
    awakeMs = performance.now();
    round = round.then(turn).catch((error: unknown) => { if (!isDatabaseAway(error)) log.error({ err: error, lease: post.name }, "the lease could not be looked at"); });
  };
  const timer = setInterval(tick, EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await round;
      // What still comes before this node is gone is refused here, so that its sender asks the next owner.
      if (office) office.isOver = true;
      await sql`delete from leases where name = ${post.name} and node_id = ${rpc.nodeId}`.execute(db).catch(() => undefined);
    },
  };
}

const renew = async (db: Db, name: string, nodeId: string): Promise<boolean> => (await sql`
  insert into leases (name, node_id, until) values (${name}, ${nodeId}, now() + make_interval(secs => ${HELD_S}))
  on conflict (name) do update set node_id = excluded.node_id, until = excluded.until
    where leases.node_id = excluded.node_id or leases.until < now() or not exists (select from nodes n where n.id = leases.node_id)
  returning 1`.execute(db)).rows.length === 1;
