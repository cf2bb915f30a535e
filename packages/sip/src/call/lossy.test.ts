import fc from "fast-check";
import { expect, test } from "vitest";
import { answer, Network, offer } from "../../test/network.ts";
import type { InboundCall } from "./call.inbound.ts";

/** What one side was told about a call; exactly one ending is legal. */
interface Side { answered: number; endings: string[] }

/** A small generator of its own, so that a failure is replayed by its seed alone. */
function generator(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Twenty calls between two stacks; both sides ring, answer, refuse, cancel, re-INVITE and hang up when they please, over a network that loses, delays and, when asked, spoils a byte of some messages. */
function live(seed: number, loss: number, noise: number): { sides: Side[]; network: Network; left: number[] } {
  const random = generator(seed);
  const network = new Network();
  network.delayMs = Math.floor(random() * 120);
  network.loses = (_from, _to, data) => {
    if (random() < noise) data[Math.floor(random() * data.length)] = Math.floor(random() * 256);
    return random() < loss;
  };
  const { clock } = network;
  const sides: Side[] = [];
  const later = (mostMs: number, act: () => void): void => void clock.setTimer(act, Math.floor(random() * mostMs));
  const side = (): Side => {
    const made: Side = { answered: 0, endings: [] };
    sides.push(made);
    return made;
  };
  const called = network.stack("192.0.2.2", {
    random,
    onInvite: (call: InboundCall) => {
      const own = side();
      call.handle({
        onCancel: () => own.endings.push("cancel"), onBye: () => own.endings.push("bye"), onDead: (reason) => own.endings.push(reason),
        onAck: () => own.answered++, onReinvite: (_sdp, reply) => later(500, () => reply.accept(answer)),
      });
      later(500, () => call.ring());
      const end = (name: string, act: () => void) => () => {
        if (call.state === "ended" || own.endings.length > 0) return;
        own.endings.push(name);
        act();
      };
      if (random() < 0.2) later(3000, end("reject", () => call.reject(486)));
      else later(3000, () => call.accept(answer));
      if (random() < 0.5) later(2000, () => void call.reinvite(offer));
      later(20_000, end("own bye", () => void call.bye()));
    },
  });
  const calling = network.stack("192.0.2.1", { random });
  for (let i = 0; i < 20; i++) {
    const own = side();
    const call = calling.invite({ uri: "sip:b@192.0.2.2", from: "<sip:a@192.0.2.1>", sdp: offer });
    const end = (name: string): void => void own.endings.push(name);
    call.handle({
      onAccepted: () => own.answered++, onFailed: (status) => end(`failed ${status}`), onBye: () => end("bye"), onDead: end,
      onReinvite: (_sdp, reply) => later(500, () => reply.accept(answer)),
    });
    if (random() < 0.3) later(3000, () => call.cancel());
    if (random() < 0.5) later(9000, () => void call.reinvite(offer));
    later(20_000, () => {
      if (call.state !== "confirmed") return call.cancel();
      end("own bye");
      void call.bye();
    });
    clock.advance(Math.floor(random() * 300));
  }
  clock.advance(400_000);
  return { sides, network, left: [calling.liveDialogs(), called.liveDialogs(), calling.endpoint.size, called.endpoint.size] };
}

test("whatever the network loses or spoils, every call ends once on each side and nothing is left behind", () => {
  const seed = Number(process.env["SIP_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  fc.assert(fc.property(fc.integer({ min: 1 }), fc.constantFrom(0, 0.05, 0.2, 0.5), fc.constantFrom(0, 0, 0.1, 0.5), (callSeed, loss, noise) => {
    const { sides, left } = live(callSeed, loss, noise);
    for (const side of sides) {
      expect(side.endings, `SIP_SEED=${seed}`).toHaveLength(1);
      // A caller told of an answer is never told of a failure as well.
      if (side.endings[0]!.startsWith("failed")) expect(side.answered).toBe(0);
    }
    if (loss === 0 && noise === 0) expect(sides.some(({ answered }) => answered > 0)).toBe(true);
    expect(left, `SIP_SEED=${seed}`).toEqual([0, 0, 0, 0]);
  }), { numRuns: 60, seed });
}, 60_000);
