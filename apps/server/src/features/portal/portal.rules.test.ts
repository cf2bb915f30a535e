import fc from "fast-check";
import { expect, test } from "vitest";
import { addressOf, networkOf } from "./portal.access.rules.ts";
import { lastFour, underWhite } from "./portal.rules.ts";

test("makes every colour dark enough for white words and leaves alone those that are", () => {
  expect(underWhite("#1b5e8c")).toBe("#1b5e8c");
  expect(underWhite("#e67700")).not.toBe("#e67700");
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
    const colour = underWhite(`#${value.toString(16).padStart(6, "0")}`);
    expect(colour).toMatch(/^#[0-9a-f]{6}$/);
    expect(underWhite(colour)).toBe(colour);
  }));
});

test("takes the last four digits however a phone is written", () => {
  expect(lastFour("+386 40 111-222")).toBe("1222");
  expect(lastFour("12")).toBeNull();
});

test("counts the whole /64 of IPv6 as one asker, and IPv4 however it is written", () => {
  expect(["2001:db8:1:2::7", "2001:0db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::"].map(networkOf)).toEqual(["2001:db8:1:2::/64", "2001:db8:1:2::/64", "2001:db8:1:2::/64"]);
  expect([networkOf("::1"), networkOf("fe80::1%eth0"), networkOf("::ffff:10.0.0.1"), networkOf("10.0.0.1")]).toEqual(["0:0:0:0::/64", "fe80:0:0:0::/64", "10.0.0.1", "10.0.0.1"]);
});

test("takes one address and nothing else", () => {
  expect(addressOf(" Marija@Example.TEST ")).toBe("marija@example.test");
  for (const wrong of ["", "marija", "a@b,c@d", "a@b c@d", "<a@b>", `${"a".repeat(160)}@b`]) expect(addressOf(wrong)).toBeNull();
});
