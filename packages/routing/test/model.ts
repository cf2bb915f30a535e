import { expect } from "vitest";
import type { Decision } from "../src/index.ts";
import { RandomFloor, type Mix } from "./random-floor.ts";

const RUN = 500;
const FIRST_SEED = 20_260_401;
const MIXES: Mix[] = [{ operators: 3, works: 8 }, { operators: 5, works: 12 }, { operators: 8, works: 8 }];

function sameOffers(a: Decision[], b: Decision[]): boolean {
  return a.length === b.length && a.every((one, i) => one.offerId === b[i]!.offerId && one.workId === b[i]!.workId && one.operatorId === b[i]!.operatorId);
}

/** Every offer just made names a ready, qualified operator within capacity, and the work is with nobody else. */
function checkOffers({ reference, seed }: RandomFloor, decisions: Decision[]): void {
  if (new Set(decisions.map((each) => each.workId)).size !== decisions.length) expect.fail(`seed ${seed}: work offered twice at once`);
  for (const { workId, operatorId, offerId } of decisions) {
    const work = reference.works.get(workId)!;
    const operator = reference.operators.get(operatorId)!;
    const { channel } = work.input;
    const holds =
      work.state === "offered" && work.offerId === offerId && work.operatorId === operatorId &&
      operator.ready && reference.able(operator, work) && !work.refusedBy.has(operatorId) &&
      reference.inHand(operator, channel) <= operator.capacity[channel]! &&
      reference.inHand(operator, "voice") + reference.inHand(operator, "chat") <= (operator.totalCapacity ?? Infinity);
    if (!holds) expect.fail(`seed ${seed}: ${offerId} should not have been made`);
  }
}

/** Nobody free could take anything that waits, and places in the queue are those of the documented order. */
function checkWaiting({ reference, routing, nowMs, seed }: RandomFloor): void {
  for (const work of reference.waiting(nowMs)) {
    const { workId } = work.input;
    expect(routing.position(workId), `seed ${seed}`).toBe(reference.position(workId));
    expect(reference.candidates(work), `seed ${seed}`).toEqual([]);
  }
}

/** So many random events must bring the offers the plain rules ask for, each to one free and qualified operator; a failure names its seed. */
export function compareWithPlainRules(steps: number): void {
  let offers = 0;
  for (let run = 0; run * RUN < steps; run++) {
    const seed = FIRST_SEED + run;
    const floor = new RandomFloor(seed, MIXES[run % MIXES.length]!);
    for (let step = 0; step < RUN; step++) {
      const { engine, reference } = floor.step();
      offers += engine.length;
      if (!sameOffers(engine, reference)) expect.fail(`seed ${seed}, step ${step}: ${JSON.stringify({ engine, reference })}`);
      checkOffers(floor, engine);
      if (step % 50 === 0) checkWaiting(floor);
    }
  }
  expect(offers).toBeGreaterThan(steps / 10);
}
