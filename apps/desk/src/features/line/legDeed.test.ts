import type { Line } from "@linija/server/contract/calls/calls";
import { expect, test } from "vitest";
import { nameOfDesk } from "./desk.ts";
import { isElsewhere, legDeed, soundOf, type LegState } from "./legDeed.ts";

const talk = (over: Partial<Line> = {}): Line => ({ device: "browser", offer: null, call: { id: "talk", state: "talking" }, legUp: true, legDesk: "mine", ...over }) as Line;
const does = (line: Line | undefined, state: LegState, call: string | null = state === "none" ? null : "talk") => legDeed(line, "mine", { state, call });

test("the desk that has the sound gets it back after a reload and is left alone while it has it", () => {
  expect([does(talk(), "none"), does(talk(), "connecting", null), does(talk(), "up"), does(talk(), "lost")]).toEqual(["attach", "nothing", "nothing", "nothing"]);
});

test("where another desk has the sound this one stands aside, opens no microphone, and lets go of what it had", () => {
  const there = talk({ legDesk: "other" });
  expect([does(there, "none"), does(there, "up"), does(there, "elsewhere"), does(there, "connecting")]).toEqual(["leave", "leave", "nothing", "nothing"]);
  expect(isElsewhere(there, "mine")).toBe(true);
});

test("when the other desk has lost the sound a newly opened one takes it at once; one that stood aside waits for a press", () => {
  const lost = talk({ legDesk: "other", legUp: false });
  expect([does(lost, "none"), does(lost, "elsewhere")]).toEqual(["attach", "nothing"]);
});

test("nothing is done about the sound of a telephone, before the line is known, or while the next call rings; after the call it is closed", () => {
  expect(does(undefined, "none")).toBe("nothing");
  expect(does(talk({ device: "phone", legDesk: "" }), "none")).toBe("nothing");
  expect(soundOf(talk({ device: "phone" }))).toBeUndefined();
  const over = talk({ call: { id: "talk", state: "wrap_up" } as Line["call"] });
  expect([does(over, "up"), does(over, "elsewhere"), does(over, "none")]).toEqual(["close", "close", "nothing"]);
  expect(does(talk({ call: null, offer: { id: "offer" } as Line["offer"] }), "connecting")).toBe("nothing");
});

test("a reload is the same desk; a duplicated tab, which copies what is stored, is another", () => {
  const stored = (from?: Map<string, string>) => {
    const map = new Map(from);
    return { map, getItem: (key: string) => map.get(key) ?? null, setItem: (key: string, value: string) => { map.set(key, value); }, removeItem: (key: string) => { map.delete(key); } };
  };
  const [tab, page] = [stored(), new EventTarget()];
  const name = nameOfDesk(tab, page);
  expect(nameOfDesk(stored(tab.map), new EventTarget())).not.toBe(name);
  page.dispatchEvent(new Event("pagehide"));
  expect(nameOfDesk(tab, new EventTarget())).toBe(name);
  expect(name.length).toBeLessThanOrEqual(40);
});
